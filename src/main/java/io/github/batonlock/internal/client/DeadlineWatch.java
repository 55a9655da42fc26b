package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Standing;
import io.github.batonlock.internal.time.EventLoop.Timer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Watches one lease's deadline, and before it the moment to worry, by a timer of its own. Belongs
 * to the loop, but for the registration of callbacks.
 */
final class DeadlineWatch {
  private final Core core;
  private final DefaultHeldLock lock;
  private final LeaseTerms terms;
  private final List<Consumer<? super HeldLock>> onJeopardy = new CopyOnWriteArrayList<>();
  private final List<Consumer<? super HeldLock>> onSafe = new CopyOnWriteArrayList<>();
  private Timer timer = () -> {};
  private boolean jeopardy;
  private boolean stopped;

  DeadlineWatch(Core core, DefaultHeldLock lock) {
    this.core = core;
    this.lock = lock;
    this.terms = lock.terms();
  }

  void onJeopardy(Consumer<? super HeldLock> callback) {
    onJeopardy.add(callback);
  }

  void onSafe(Consumer<? super HeldLock> callback) {
    onSafe.add(callback);
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
    timer = core.loop.schedule(due - core.now().nanos(), this::look);
  }

  /** Armed for a deadline that renewals may have moved on since; then it is armed again. */
  private void look() {
    if (stopped) {
      return;
    }
    Moment now = core.now();
    if (lock.view().standing(now) == Standing.OVER) {
      lock.revoke(Reason.LEASE_EXPIRED);
      return;
    }
    long unrenewed = now.monotonicSince(lock.view().confirmedAt());
    if (!jeopardy && unrenewed >= terms.jeopardyAfter().toNanos()) {
      jeopardy = true;
      tell("jeopardy callback", onJeopardy);
      core.notices.tell(listener -> listener.jeopardy(lock));
    }
    arm();
  }

  /** The lease is good again. */
  void renewed() {
    if (jeopardy) {
      jeopardy = false;
      tell("safe callback", onSafe);
      core.notices.tell(listener -> listener.safe(lock));
      timer.cancel();
      arm();
    }
  }

  private void tell(String what, List<Consumer<? super HeldLock>> callbacks) {
    for (Consumer<? super HeldLock> callback : callbacks) {
      CompletableFuture<Void> unused =
          core.notices.run(what + " of lock '" + lock.key() + "'", () -> callback.accept(lock));
    }
  }
}
