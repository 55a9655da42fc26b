package io.github.batonlock;

import java.time.Duration;
import java.util.Objects;

/**
 * A wish that the holder of a lock finish: polite, the lock stays his until he closes it.
 *
 * <p>Made by {@link LockClient#requestRelease}, told by {@link HeldLock#onReleaseRequested}.
 * Immutable.
 */
public final class ReleaseRequest {
  private final LockKey key;
  private final String askedBy;
  private final String reason;
  private final Duration deadline;

  /**
   * For Baton and for tests of code that handles such requests.
   *
   * @param key the lock
   * @param askedBy the owner name of the client that asks
   * @param reason why, for people
   * @param deadline how long the holder may take
   */
  public ReleaseRequest(LockKey key, String askedBy, String reason, Duration deadline) {
    this.key = Objects.requireNonNull(key, "key");
    this.askedBy = Objects.requireNonNull(askedBy, "askedBy");
    this.reason = Objects.requireNonNull(reason, "reason");
    this.deadline = Objects.requireNonNull(deadline, "deadline");
  }

  /**
   * The lock.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Who asks.
   *
   * @return the owner name of the client
   */
  public String askedBy() {
    return askedBy;
  }

  /**
   * Why it asks.
   *
   * @return the text that was given, for people
   */
  public String reason() {
    return reason;
  }

  /**
   * How long the holder may take, in the eyes of who asks. Nothing happens when it is over.
   *
   * @return a duration from when the request is told: clocks of two machines are not compared
   */
  public Duration deadline() {
    return deadline;
  }

  @Override
  public String toString() {
    return "release of lock '"
        + key
        + "' requested by '"
        + askedBy
        + "' within "
        + deadline.toMillis()
        + " ms: "
        + reason;
  }
}
