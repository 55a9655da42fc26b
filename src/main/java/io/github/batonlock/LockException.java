package io.github.batonlock;

import org.jspecify.annotations.Nullable;

/**
 * The superclass of all exceptions that Baton throws for reasons other than misuse.
 *
 * <p>Unchecked. Misuse (a null, a bad argument, a call on a closed client) is reported by {@link
 * NullPointerException}, {@link IllegalArgumentException} and {@link IllegalStateException}.
 */
public abstract class LockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LockException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
