package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The lease of one lock, or of one session. Heartbeats renew it; a timer watches its deadline.
 *
 * <pre>
 *            granted                    heartbeat applied
 * (acquiring) ------> HELD <---------------------------------.
 *                      | ^ `--- heartbeat due ---> RENEWING --+
 *                      | '--- safe --- JEOPARDY / SUSPECT <-- no answer for long, or a clock
 *       close()        |                  |                   disagrees
 *  RELEASED <----------+                  +--> REVOKED(reason)
 * </pre>
 *
 * <p>No-ops: everything after RELEASED or REVOKED, except freeing the item. There are two timers.
 * One renews, and {@code expiry} checks the deadline; neither waits for the other, nor for an
 * answer.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class OwnLease extends LeaseRenewer {
  private final LeaseExpiryTimer expiry;

  /** When the current heartbeat was due, so that late answers do not delay the next one. */
  private long beatDue;

  OwnLease(
      DefaultHeldLock lock,
      Grant grant,
      EventLoop loop,
      HoldRequests requests,
      ActiveHolds holds,
      Releases releases) {
    super(lock, grant, loop, requests, holds, releases);
    this.expiry = new LeaseExpiryTimer(loop, lock);
  }

  @Override
  void begin() {
    // Between a quarter and a whole interval: locks acquired at once do not renew at once, and
    // locks held for moments do not renew at all. A grant that is learnt late still counts from its
    // send.
    long interval = spec().terms().heartbeat().toNanos();
    long first = (long) (interval * (0.25 + 0.75 * holds.nextPhase()));
    long now = loop.now().nanos();
    long latest = confirmedAt().nanos() + interval;
    beatDue = Math.max(now, Math.min(now + first, latest));
    scheduler().in(beatDue - now);
    expiry.start();
  }

  @Override
  @Nullable SharedLeaseSource session() {
    return null;
  }

  @Override
  void confirmed(ClockReading sentAt) {
    LeaseView before = lock().view();
    ClockReading suspectedAt = before.suspectedAt();
    boolean stillSuspect = suspectedAt != null && sentAt.monotonicSince(suspectedAt) < 0;
    lock().view(new LeaseView(sentAt, before.usableNanos(), stillSuspect ? suspectedAt : null));
  }

  @Override
  void afterConfirmation() {
    switch (lock().view().status(loop.now())) {
      case OVER -> lock().revoke(Reason.LEASE_EXPIRED);
      case SUSPECT -> scheduler().now();
      case GOOD -> {
        expiry.renewed();
        scheduleNextBeat();
      }
    }
  }

  private void scheduleNextBeat() {
    if (hasUpdate()) {
      scheduler().now();
      return;
    }
    long now = loop.now().nanos();
    // An update of the data renews the lease before it is due. A renewal that a later look finds
    // counts from its send: the next one may be due already.
    long renewed = Math.min(beatDue, confirmedAt().nanos());
    beatDue = Math.max(renewed + spec().terms().heartbeat().toNanos(), now);
    scheduler().in(beatDue - now);
  }

  @Override
  public void checkClocks() {
    assert loop.isCurrent();
    if (!isOver() && lock().view().status(loop.now()) == LeaseStatus.SUSPECT) {
      scheduler().now();
    }
  }

  @Override
  public void suspect(ClockReading now) {
    assert loop.isCurrent();
    LeaseView view = lock().view();
    lock().view(new LeaseView(view.confirmedAt(), view.usableNanos(), now));
    checkClocks();
  }

  @Override
  void mayStillBeNamed() {
    // Not before other clients can take the lock anyway: the holder needs the time to stop.
    long lease = spec().terms().lease().toNanos();
    end().cleanUpLater(job(), lease - loop.now().monotonicSince(confirmedAt()), () -> {});
  }

  @Override
  void stopped() {
    expiry.stop();
  }
}
