package io.github.batonlock;

import java.time.Duration;

/**
 * A listener that learns what happens to the locks of one client: a place for metrics, logs and
 * alarms.
 *
 * <p>Methods are called on the client's callback executor, possibly by many threads at once. An
 * exception that a listener throws is logged and otherwise ignored.
 */
public interface LockListener {

  /**
   * Called when a lock was acquired.
   *
   * @param lock the lock
   */
  default void acquired(HeldLock lock) {}

  /**
   * Called when the holder released a lock and the table confirmed the release.
   *
   * @param lock the lock, no longer held
   */
  default void released(HeldLock lock) {}

  /**
   * Called when the holder released a lock, or the client was closed, but no answer has confirmed
   * the release. The client tries the release again until the lease is over, or until the client is
   * closed. The lock is free for others at the latest one lease after its last renewal.
   *
   * @param lock the lock, no longer held
   * @param failure the last failure
   */
  default void releaseUnconfirmed(HeldLock lock, LockException failure) {}

  /**
   * Called when a lock comes into jeopardy ({@link HeldLock#onJeopardy}): its renewals have failed
   * for a while, but the lock is still held.
   *
   * @param lock the lock
   */
  default void jeopardy(HeldLock lock) {}

  /**
   * Called when a lock in jeopardy was renewed.
   *
   * @param lock the lock
   */
  default void safe(HeldLock lock) {}

  /**
   * Called when a lock was lost.
   *
   * @param lock the lock, no longer held
   * @param revocation what happened
   */
  default void revoked(HeldLock lock, Revocation revocation) {}

  /**
   * Called when a listing skipped an item of the table that is not a lock.
   *
   * @param problem names the key, the attribute and what is wrong
   */
  default void malformedItem(MalformedLockItemException problem) {}

  /**
   * Called when this machine's clocks no longer meet the assumptions of leases: they stood still or
   * jumped (a suspend, a paused VM), or run at another rate than DynamoDB's clock. The client
   * renews held locks at once. Until a renewal succeeds, every check answers that the lock is not
   * held.
   *
   * @param unseen a lower bound of the time that the monotonic clock missed, or counted too much
   *     (negative)
   * @param description which clocks disagreed
   */
  default void clockSuspect(Duration unseen, String description) {}
}
