package io.github.batonlock;

import io.github.batonlock.internal.runtime.Printable;
import java.time.Duration;
import java.util.Objects;

/**
 * A cooperative request to release a lock. The holder keeps the lock until it closes it.
 *
 * <p>A client makes the request with {@link LockClient#requestRelease} or {@link
 * LockRequest.Builder#requestRelease}; the holder receives it with {@link
 * HeldLock#onReleaseRequested}. Immutable.
 */
public final class ReleaseRequest {
  private final LockKey key;
  private final String askedBy;
  private final String reason;
  private final Duration gracePeriod;

  /**
   * Creates a request, for Baton and for tests of code that handles such requests.
   *
   * @param key the lock
   * @param askedBy the owner name of the client that asks
   * @param reason why, for people
   * @param gracePeriod how long the holder may take
   */
  public ReleaseRequest(LockKey key, String askedBy, String reason, Duration gracePeriod) {
    this.key = Objects.requireNonNull(key, "key");
    this.askedBy = Objects.requireNonNull(askedBy, "askedBy");
    this.reason = Objects.requireNonNull(reason, "reason");
    this.gracePeriod = Objects.requireNonNull(gracePeriod, "gracePeriod");
  }

  /**
   * Returns the lock that is to be released.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Returns which client asks.
   *
   * @return the owner name of the client
   */
  public String askedBy() {
    return askedBy;
  }

  /**
   * Returns why the client asks.
   *
   * @return the text that was given, for people
   */
  public String reason() {
    return reason;
  }

  /**
   * Returns how long the holder may take, as the client that asks sees it. Nothing happens when it
   * is over.
   *
   * @return a duration from when the holder learns of the request: clocks of two machines are not
   *     compared
   */
  public Duration gracePeriod() {
    return gracePeriod;
  }

  @Override
  public String toString() {
    return "release of lock '"
        + key
        + "' requested by '"
        + Printable.of(askedBy)
        + "' within "
        + gracePeriod.toMillis()
        + " ms: "
        + Printable.of(reason);
  }
}
