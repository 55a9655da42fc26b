package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;

/**
 * The checks that a holder makes before it goes on: whether the lock is held, and for how long. A
 * check that finds the lock lost revokes it. Any thread.
 */
public final class HoldChecks {
  private HoldChecks() {}

  /** How long the lock stays held without a renewal; zero if it is not held now. */
  static long remainingNanos(DefaultHeldLock lock, ClockReading now) {
    HoldLimitMonitor gates = lock.gates();
    if (!lock.isEnded()) {
      revokeIfOver(lock, now);
      if (gates != null) {
        gates.check(now);
      }
    }
    if (lock.isEnded()) {
      return 0;
    }
    LeaseView current = lock.view();
    if (current.standing(now) == LeaseStatus.SUSPECT) {
      lock.leased().askForCheck();
    }
    long leased = current.remainingNanos(now);
    return gates == null ? leased : Math.min(leased, gates.leftNanos(now));
  }

  /** Whether the lock may be renewed. Revokes the lock if not. */
  static boolean mayRenew(DefaultHeldLock lock, ClockReading now) {
    HoldLimitMonitor gates = lock.gates();
    if (gates != null) {
      gates.check(now);
    }
    return !lock.isEnded();
  }

  static void revokeIfOver(DefaultHeldLock lock, ClockReading now) {
    DefaultHeldLock leased = lock.leased();
    if (leased.isEnded()) {
      lock.revoke(leased.reasonForItsLocks());
    } else if (lock.view().standing(now) == LeaseStatus.OVER) {
      lock.revoke(Revocation.Reason.LEASE_EXPIRED);
    }
  }

  /** Whether closing the client has ended this hold. */
  public static boolean isGivenUpByClient(DefaultHeldLock lock) {
    Revocation.Reason reason = lock.revocation().map(Revocation::reason).orElse(null);
    return reason == Revocation.Reason.CLIENT_CLOSED;
  }

  /** Throws if no lease of this lock can last that long. */
  static void checkPossible(DefaultHeldLock lock, Duration duration) {
    Duration usable = lock.terms().usable();
    if (duration.isNegative() || duration.isZero() || duration.compareTo(usable) > 0) {
      throw Refusals.neverThatLong(lock.key(), lock.terms(), duration);
    }
  }

  /** Returns if the lock is held and its lease lasts as long as needed; throws otherwise. */
  static void require(DefaultHeldLock lock, String ownerName, ClockReading now, Duration needed) {
    long remainingNanos = remainingNanos(lock, now);
    if (remainingNanos > 0 && remainingNanos >= needed.toNanos()) {
      return;
    }
    if (lock.isEnded()) {
      throw lock.overException();
    }
    String text = HoldText.withOwner(lock, ownerName, now);
    throw remainingNanos > 0
        ? Refusals.notThatLong(lock.key(), text, remainingNanos, needed)
        : Refusals.suspect(lock.key(), text);
  }
}
