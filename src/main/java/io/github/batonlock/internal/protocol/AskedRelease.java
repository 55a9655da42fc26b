package io.github.batonlock.internal.protocol;

import io.github.batonlock.LockKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request to release a lock, as it stands in the lock item while that is held, or in that of the
 * session that keeps it.
 *
 * @param id unique
 * @param askedBy the owner name of who asks
 * @param reason for people
 * @param deadline how long the holder may take
 * @param token the fencing token of the hold that is meant
 * @param reserve whether who asks waits for the lock, and wants it kept for it on release
 * @param lock the lock that is meant, in a session item; null in the lock item itself
 */
public record AskedRelease(
    String id,
    String askedBy,
    String reason,
    Duration deadline,
    long token,
    boolean reserve,
    @Nullable LockKey lock) {

  /**
   * A request of somebody who does not wait for the lock.
   *
   * @param id unique
   * @param askedBy the owner name of who asks
   * @param reason for people
   * @param deadline how long the holder may take
   * @param token the fencing token of the hold that is meant
   */
  public AskedRelease(String id, String askedBy, String reason, Duration deadline, long token) {
    this(id, askedBy, reason, deadline, token, false, null);
  }

  /**
   * The same request, as it is written into the item of the session that keeps the lock. Such locks
   * are not kept for anybody on release: the lock item does not say whether the wish still stands.
   *
   * @param meant the lock
   * @return a request that names it
   */
  public AskedRelease inSession(LockKey meant) {
    return new AskedRelease(id, askedBy, reason, deadline, token, false, meant);
  }
}
