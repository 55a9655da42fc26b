package io.github.batonlock.internal.hold;

import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.runtime.ClockReading;
import org.jspecify.annotations.Nullable;

/** The session that keeps locks with a shared lease, as its locks see it. */
public interface SharedLeaseSource {
  LockKey key();

  /** The session's own lease. */
  Lease lease();

  /** Whether the session can no longer keep any lock, even if its end has not been handled yet. */
  boolean isOver(ClockReading now);

  /** Whether renewals of the session have failed for long. */
  boolean isInJeopardy();

  /** The session keeps this lock from now on. */
  void add(KeptLock lock);

  /** The session need not live on for this lock. */
  void remove(KeptLock lock);

  /**
   * A lock was lost, but the session lives on. The lock's work may still run for a while; the
   * session must not end before that.
   */
  void stopping(KeptLock lock);

  boolean hasStoppingLocks();

  /** The client closes: the end of the session frees this lock. */
  void endsWith(KeptLock lock);

  /** A lease, as the locks that depend on it see it. Any thread. */
  interface Lease {
    LeaseView view();

    /** When the last write for the lease was sent, whether it was confirmed or not. On the loop. */
    ClockReading lastSent();

    /** Whether the hold that has the lease is over. */
    boolean isEnded();

    /** Why the locks of a lease are lost whose hold is over. */
    Revocation.Reason reasonForItsLocks();

    /** The failure of the last renewal; null if it succeeded. */
    @Nullable LockStoreException lastFailure();

    /** The clocks disagree. A heartbeat that is sent at once decides. */
    void askForCheck();
  }

  /** A lock that a session keeps, as the session sees it. On the loop. */
  interface KeptLock {
    LockKey key();

    /** The release request for the lock, as far as is known. */
    void asked(AskedRelease request);

    /** Renewals of the session have failed for long, or succeed again. */
    void jeopardy(boolean begins);

    void revoke(Revocation.Reason reason);

    /** The session's end was to free the lock, and is not confirmed. */
    void leftAtClose(LockException problem);
  }
}
