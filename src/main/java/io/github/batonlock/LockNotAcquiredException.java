package io.github.batonlock;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock was not acquired although the table worked: another holder had it all the time, there was
 * no item for it, or the client was closed.
 */
public final class LockNotAcquiredException extends LockException {
  private static final long serialVersionUID = 1L;

  /** Why the lock was not acquired. */
  public enum Reason {
    /** Other holders had the lock for as long as the caller would wait. */
    HELD,
    /** The request needs an existing item, and there is none. */
    NO_SUCH_LOCK,
    /** The client was closed while the caller waited. */
    CLIENT_CLOSED
  }

  /** See {@link #key()}. */
  private final LockKey key;

  /** See {@link #reason()}. */
  private final Reason reason;

  /** See {@link #waited()}. */
  private final Duration waited;

  private final transient @Nullable LockInfo holder;

  /**
   * Creates the exception, for Baton and for tests of code that handles it.
   *
   * @param key the lock
   * @param reason why it was not acquired
   * @param waited how long the caller waited
   * @param holder the holder when the lock was last read, or null if it was never seen held
   */
  public LockNotAcquiredException(
      LockKey key, Reason reason, Duration waited, @Nullable LockInfo holder) {
    this(message(key, reason, waited, holder), key, reason, waited, holder);
  }

  /**
   * Creates the exception with a message of its own, for recipes and for tests of code that handles
   * it.
   *
   * @param message what was not acquired, and why
   * @param key the lock
   * @param reason why it was not acquired
   * @param waited how long the caller waited
   * @param holder the holder when the lock was last read, or null if it was never seen held
   */
  public LockNotAcquiredException(
      String message, LockKey key, Reason reason, Duration waited, @Nullable LockInfo holder) {
    super(message, null);
    this.key = Objects.requireNonNull(key, "key");
    this.reason = Objects.requireNonNull(reason, "reason");
    this.waited = Objects.requireNonNull(waited, "waited");
    this.holder = holder;
  }

  /**
   * Returns the lock that was asked for; of a recipe, the key that its caller named.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Returns why the lock was not acquired.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns how long the caller waited.
   *
   * @return the time from the call to this exception
   */
  public Duration waited() {
    return waited;
  }

  /**
   * Returns the holder of the lock when it was last read; of a recipe, the holder of the part that
   * stood in the way ({@link LockInfo#key()}).
   *
   * @return empty if the lock was never seen held, and in an exception that was deserialized: the
   *     item's data and attributes are not serialized
   */
  public Optional<LockInfo> holder() {
    return Optional.ofNullable(holder);
  }

  private static String message(
      LockKey key, Reason reason, Duration waited, @Nullable LockInfo holder) {
    String lock = "Lock '" + key + "' was not acquired: ";
    return switch (reason) {
      case HELD ->
          lock
              + (holder == null ? "it was held" : "held by " + holder.describeHolder())
              + "; waited "
              + waited.toMillis()
              + " ms. Wait longer (LockRequest.waitUpTo), or look at the holder";
      case NO_SUCH_LOCK ->
          lock + "the request is for an existing item only, and the table has none with this key";
      case CLIENT_CLOSED ->
          lock + "the LockClient was closed after " + waited.toMillis() + " ms of waiting";
    };
  }
}
