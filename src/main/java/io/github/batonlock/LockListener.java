package io.github.batonlock;

import java.time.Duration;

/**
 * Told what happens to the locks of one client: a place for metrics, logs and alarms.
 *
 * <p>Called on the client's callback executor, possibly by many threads at once. What a listener
 * throws is logged and otherwise ignored.
 */
public interface LockListener {

  /**
   * A lock was acquired.
   *
   * @param lock the lock
   */
  default void acquired(HeldLock lock) {}

  /**
   * A lock was released by its holder; the table confirmed it.
   *
   * @param lock the lock, no longer held
   */
  default void released(HeldLock lock) {}

  /**
   * A lock was released by its holder, but no answer confirmed it yet; it is tried again until the
   * lease is over.
   *
   * @param lock the lock, no longer held
   * @param failure the last failure
   */
  default void releaseUnconfirmed(HeldLock lock, LockException failure) {}

  /**
   * A lock's renewals have failed for long enough to worry; it is still held.
   *
   * @param lock the lock
   */
  default void jeopardy(HeldLock lock) {}

  /**
   * A lock in jeopardy was renewed.
   *
   * @param lock the lock
   */
  default void safe(HeldLock lock) {}

  /**
   * A lock was lost.
   *
   * @param lock the lock, no longer held
   * @param revocation what happened
   */
  default void revoked(HeldLock lock, Revocation revocation) {}

  /**
   * An item of the table is not a lock; a listing skipped it.
   *
   * @param problem names the key, the attribute and what is wrong
   */
  default void malformedItem(MalformedLockItemException problem) {}

  /**
   * This machine's clocks left what leases are built on: they stood still or jumped (a suspend, a
   * paused VM), or run at another rate than DynamoDB's. Held locks are renewed at once, and not
   * held for any question until that succeeds.
   *
   * @param unseen at least this time the monotonic clock did not see, or saw too much (negative)
   * @param description which clocks disagreed
   */
  default void clockSuspect(Duration unseen, String description) {}
}
