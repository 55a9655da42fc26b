package io.github.batonlock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lock is not certainly held now, and the caller required it to be.
 *
 * <p>If the lock is lost permanently, the exception is a {@link LockRevokedException}. It is of
 * this class if the lock may still be held: the lease has less time left than was asked for, or the
 * clocks of this machine disagree (after a suspend, for example) and the renewal that will settle
 * it is under way.
 */
public class LockNotHeldException extends LockException {
  private static final long serialVersionUID = 1L;

  /** See {@link #key()}. */
  private final LockKey key;

  /**
   * Creates the exception, for Baton and for tests of code that handles it.
   *
   * @param key the lock
   * @param message what was asked for, and what is the case
   */
  public LockNotHeldException(LockKey key, String message) {
    this(key, message, null);
  }

  LockNotHeldException(LockKey key, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.key = Objects.requireNonNull(key, "key");
  }

  /**
   * Returns the lock that is not held.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }
}
