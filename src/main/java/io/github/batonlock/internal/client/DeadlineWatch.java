package io.github.batonlock.internal.client;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.Standing;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;

/** Watches one lease's deadline, and before it the moment to worry, by a timer of its own. */
@ConfinedTo(ConfinedTo.LOOP)
final class DeadlineWatch {
  private final Core core;
  private final DefaultHeldLock lock;
  private final LeaseTerms terms;
  private Timer timer = () -> {};
  private boolean jeopardy;
  private boolean stopped;

  DeadlineWatch(Core core, DefaultHeldLock lock) {
    this.core = core;
    this.lock = lock;
    this.terms = lock.terms();
  }

  void start() {
    arm();
  }

  void stop() {
    stopped = true;
    timer.cancel();
  }

  private void arm() {
    long after = jeopardy ? terms.usable().toNanos() : terms.jeopardyAfter().toNanos();
    long due = lock.view().confirmedAt().nanos() + after;
    timer = core.loop.schedule(due - core.loop.now().nanos(), this::look);
  }

  /** Armed for a deadline that renewals may have moved on since; then it is armed again. */
  private void look() {
    if (stopped) {
      return;
    }
    ClockReading now = core.loop.now();
    if (lock.view().standing(now) == Standing.OVER) {
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

  /** The lease is good again. */
  void renewed() {
    if (jeopardy) {
      jeopardy = false;
      timer.cancel();
      arm();
      lock.jeopardy(false);
    }
  }
}
