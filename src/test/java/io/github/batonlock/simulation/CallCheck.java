package io.github.batonlock.simulation;

import java.time.Duration;

/**
 * Every call of a user's ends: within its time and a request, or, where that needs the table, soon
 * after the process is connected. After calm none is under way that was begun before.
 */
final class CallCheck extends Check {
  private static final long MOMENT = Duration.ofMillis(100).toNanos();
  private final long calmFrom;
  private final long stopped;
  private final boolean isComplete;

  CallCheck(Scenario scenario, History history, long calmFrom, long stopped, boolean isComplete) {
    super(scenario, history);
    this.isComplete = isComplete;
    this.calmFrom = calmFrom;
    this.stopped = stopped;
  }

  @Override
  void run() {
    for (UserCall call : history.calls) {
      Reading ended = call.ended;
      if (ended == null) {
        if (isComplete && !call.node.isCrashed()) {
          violated(call.began.world(), call + " never ended");
        }
      } else if (call.always != null && scenario.clocksAreSound()) {
        within(call, call.always, ended);
      } else if (call.patience != null && scenario.clocksAreSound()) {
        soonAfter(call, call.patience, ended);
      }
    }
  }

  private void within(UserCall call, Duration time, Reading ended) {
    long over = ended.monotonic() - call.began.monotonic() - time.toNanos();
    long at = ended.world();
    if (over > MOMENT && !call.node.wasHindered(call.began.world(), at)) {
      violated(at, call + " took " + millis(over) + " ms more than its time");
    }
  }

  /** A request may be under way when the process is connected again, and one more needed. */
  private void soonAfter(UserCall call, Duration patience, Reading ended) {
    Node node = call.node;
    double rate = rate(scenario, node);
    long up = call.began.world() + (long) (patience.toNanos() / rate);
    long at = Math.min(ended.world(), stopped);
    long most = recovery(scenario, node) + 2 * node.terms.heartbeat().toNanos() + MOMENT;
    long good = (long) (Health.longestGood(node, up, at) * rate);
    boolean wasCalm = isComplete && call.began.world() < calmFrom && at == stopped && up < calmFrom;
    // By its own clock, which stands still while a machine is suspended.
    long over = ended.monotonic() - call.began.monotonic() - patience.toNanos();
    if ((good > most && over > most) || wasCalm) {
      violated(at, call + " went on for " + millis(good) + " ms, its process being connected");
    }
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }
}
