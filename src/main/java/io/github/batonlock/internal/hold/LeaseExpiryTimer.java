package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;

/**
 * A timer for one lease's deadline, and for the moment before it at which the lease is in jeopardy.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class LeaseExpiryTimer {
  private final EventLoop loop;
  private final DefaultHeldLock lock;
  private final LeaseTerms terms;
  private Timer timer = () -> {};
  private boolean jeopardy;
  private boolean stopped;

  LeaseExpiryTimer(EventLoop loop, DefaultHeldLock lock) {
    this.loop = loop;
    this.lock = lock;
    this.terms = lock.terms();
  }

  void start() {
    assert loop.isCurrent();
    arm();
  }

  void stop() {
    assert loop.isCurrent();
    stopped = true;
    timer.cancel();
  }

  private void arm() {
    long after = jeopardy ? terms.usable().toNanos() : terms.jeopardyAfter().toNanos();
    long due = lock.view().confirmedAt().nanos() + after;
    timer = loop.schedule(due - loop.now().nanos(), this::look);
  }

  /** Renewals may have moved the deadline since the timer was armed; then it is armed again. */
  private void look() {
    if (stopped) {
      return;
    }
    ClockReading now = loop.now();
    if (lock.view().status(now) == LeaseStatus.OVER) {
      lock.revoke(Reason.LEASE_EXPIRED);
      return;
    }
    long unrenewed = now.monotonicSince(lock.view().confirmedAt());
    boolean begins = !jeopardy && unrenewed >= terms.jeopardyAfter().toNanos();
    jeopardy |= begins;
    arm();
    if (begins) {
      lock.jeopardy(true);
    }
  }

  /** The lease was renewed and is out of jeopardy. */
  void renewed() {
    assert loop.isCurrent();
    if (jeopardy) {
      jeopardy = false;
      timer.cancel();
      arm();
      lock.jeopardy(false);
    }
  }
}
