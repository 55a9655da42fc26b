package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.runtime.ClockReading;

/** The session that keeps locks with a shared lease, as its locks see it. */
public interface SharedLeaseSource {
  LockKey key();

  /** The session's own lease. */
  DefaultHeldLock lease();

  /** Whether the session can no longer keep any lock, even if its end has not been handled yet. */
  boolean isOver(ClockReading now);

  /** Whether renewals of the session have failed for long. */
  boolean isInJeopardy();

  /** The session keeps this lock from now on. */
  void add(SharedLease hold);

  /** The session need not live on for this lock. */
  void remove(SharedLease hold);

  /**
   * A lock was lost, but the session lives on. The lock's work may still run for a while; the
   * session must not end before that.
   */
  void stopping(SharedLease hold);

  boolean hasStoppingLocks();
}
