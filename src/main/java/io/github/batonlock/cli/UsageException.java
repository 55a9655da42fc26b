package io.github.batonlock.cli;

import org.jspecify.annotations.Nullable;

/** The command line, or the configuration that it refers to, cannot be used. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong, which value, and what to use instead. */
  public UsageException(String message) {
    this(message, null);
  }

  UsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
