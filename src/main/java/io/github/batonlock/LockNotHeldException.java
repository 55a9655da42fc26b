package io.github.batonlock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A lock is not certainly held now, and the caller required that it is.
 *
 * <p>Thrown as {@link LockRevokedException} when the lock is lost for good. Thrown as this class
 * when it may still be held: the lease has less time left than was asked for, or the clocks of this
 * machine disagree (after a suspend, say) and the renewal that will settle it is under way.
 */
public class LockNotHeldException extends LockException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable LockKey key;

  /**
   * For Baton and for tests of code that handles it.
   *
   * @param key the lock
   * @param message what was asked and what is so
   */
  public LockNotHeldException(LockKey key, String message) {
    this(key, message, null);
  }

  LockNotHeldException(LockKey key, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.key = Objects.requireNonNull(key, "key");
  }

  /**
   * The lock that is not held.
   *
   * @return its key; null only in an exception that was deserialized
   */
  public @Nullable LockKey key() {
    return key;
  }
}
