package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lease of a lock that its client's session keeps. No write is sent for it, unless its data
 * changes.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class SharedLease extends LeaseRenewer implements SharedLeaseSource.KeptLock {
  private final SharedLeaseSource session;
  private final String grantedBy;

  /** When the audit last read the lock's item; at first, when the hold began. */
  private long auditedAt;

  SharedLease(
      DefaultHeldLock lock,
      Grant grant,
      EventLoop loop,
      HoldRequests requests,
      ActiveHolds holds,
      Releases releases) {
    super(lock, grant, loop, requests, holds, releases);
    this.session = Objects.requireNonNull(grant.session());
    this.grantedBy = grant.version();
  }

  @Override
  void begin() {
    session.add(this);
  }

  @Override
  public void jeopardy(boolean begins) {
    lock().jeopardy(begins);
  }

  @Override
  public void revoke(Reason reason) {
    lock().revoke(reason);
  }

  long auditedAt() {
    return auditedAt;
  }

  void auditedAt(long nanos) {
    auditedAt = nanos;
  }

  /**
   * Why the lock is lost, if its item is in this state; null if it is not lost. The session does
   * not keep a lock that does not name it any more.
   */
  @Nullable Reason lossShownBy(ItemState state) {
    Reason loss = versions().lossShownBy(state);
    boolean isUnkept =
        state instanceof ItemState.Lock lock && !session.key().equals(lock.item().session());
    return loss == null && isUnkept ? Reason.ITEM_CHANGED : loss;
  }

  /**
   * Frees an item that names this lock's session with a version of no hold: when the holder of the
   * lost lock has stopped, or after a lease.
   */
  void freeLater(String version) {
    assert loop.isCurrent();
    Releases.Job ghost =
        new Releases.Job(
            key(), spec().terms(), List.of(version), spec().deleteOnRelease(), loop.now(), session);
    end().cleanUpLater(ghost, spec().terms().lease().toNanos(), () -> {});
  }

  @Override
  SharedLeaseSource session() {
    return session;
  }

  /** An update of the data does not extend the lease. */
  @Override
  void confirmed(ClockReading sentAt) {}

  @Override
  void afterConfirmation() {
    // The version was replaced and is retired. If it appears in the item again, its write has come
    // late.
    releases.retire(List.of(grantedBy));
    if (hasUpdate()) {
      scheduler().now();
    }
  }

  /** There is nothing to decide for this lock alone. */
  @Override
  public void checkClocks() {}

  @Override
  public void suspect(ClockReading now) {}

  @Override
  void mayStillBeNamed() {
    if (isLostAlone()) {
      // The session lives on, so other clients get the lock only after a write frees it.
      long lease = spec().terms().lease().toNanos();
      long left = lease - loop.now().monotonicSince(lock().view().confirmedAt());
      end().claimAndCleanUpLater(job(), left, () -> session.remove(this));
    } else {
      // A lease later the session itself has ended, which frees all its locks.
      end().cleanUpWhenStopped(job());
    }
  }

  /**
   * Whether a limit ended this hold (its work died, stalled or ran too long) while its lease was
   * good.
   */
  private boolean isLostAlone() {
    return lock()
        .revocation()
        .map(Revocation::reason)
        .filter(HoldLimitMonitor::isOfGates)
        .isPresent();
  }

  /**
   * Ending the session frees the item. A write for it is needed only if the item is to be deleted,
   * or the lock is to stay closed: then the session ends after that write.
   */
  @Override
  public void releaseAtClose() {
    if (staysClosed()) {
      releaseAtClose(() -> session.remove(this));
      return;
    }
    if (spec().deleteOnRelease() || session.hasStoppingLocks()) {
      super.releaseAtClose();
    } else {
      finish();
      session.endsWith(this);
    }
    session.remove(this);
  }

  @Override
  void stopped() {
    if (isLostAlone()) {
      session.stopping(this);
    } else if (lock().revocation().isEmpty() && staysClosed()) {
      session.stopping(this);
      end().claimUntilClosed(job(), () -> session.remove(this));
    } else if (!lock().isGivenUpByClient()) {
      // The client is closing, but work under this lock may still run: closing frees it later.
      session.remove(this);
    }
  }
}
