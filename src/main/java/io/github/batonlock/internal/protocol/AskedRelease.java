package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request to release a lock. It is in the lock item while the lock is held, or in the item of the
 * session that keeps the lock.
 *
 * @param id unique
 * @param askedBy the owner name of the client that sends the request
 * @param reason for people
 * @param gracePeriod how long the holder may take
 * @param token the fencing token of the hold that is meant
 * @param reserve whether that client waits for the lock, and wants it reserved for itself on
 *     release
 * @param lock the lock that is meant, in a session item; null in the lock item itself
 */
public record AskedRelease(
    String id,
    String askedBy,
    String reason,
    Duration gracePeriod,
    long token,
    boolean reserve,
    @Nullable LockKey lock) {

  /**
   * A request of a client that does not wait for the lock.
   *
   * @param id unique
   * @param askedBy the owner name of the client that sends the request
   * @param reason for people
   * @param gracePeriod how long the holder may take
   * @param token the fencing token of the hold that is meant
   */
  public AskedRelease(String id, String askedBy, String reason, Duration gracePeriod, long token) {
    this(id, askedBy, reason, gracePeriod, token, false, null);
  }

  /**
   * The same request, as it is written into the item of the session that keeps the lock. Such a
   * lock is not reserved for a client on release: the lock item does not say whether the request
   * still stands.
   *
   * @param meant the lock
   * @return a request that names it
   */
  public AskedRelease inSession(LockKey meant) {
    return new AskedRelease(id, askedBy, reason, gracePeriod, token, false, meant);
  }
}
