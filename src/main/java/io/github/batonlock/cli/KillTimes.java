package io.github.batonlock.cli;

import java.time.Duration;

/**
 * When the child of a lost lock is ended: SIGTERM when the usable lease is over (80 % of it), and
 * SIGKILL a grace later, but before the lease is over.
 *
 * @param lease the lease of the lock
 * @param grace between SIGTERM and SIGKILL, where the lease leaves that time
 */
record KillTimes(Duration lease, Duration grace) {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  /** How often the clock is looked at: a fortieth of the lease, 50 to 500 ms. */
  Duration pause() {
    Duration part = lease.dividedBy(40);
    return part.compareTo(SHORTEST_PAUSE) < 0
        ? SHORTEST_PAUSE
        : part.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : part;
  }

  /**
   * The time from SIGTERM to SIGKILL after a loss: the grace, at most three quarters of what is
   * left of the lease. The last quarter is for the time that a kill takes.
   *
   * @param untilTakeover what is left of the lease; zero where another client may have the lock
   */
  Duration graceAfterLoss(Duration untilTakeover) {
    return shorter(grace, untilTakeover.multipliedBy(3).dividedBy(4));
  }

  /**
   * From the end of the usable lease until the guard sends SIGTERM: the tool would have done that.
   */
  Duration guardsTerm() {
    return lease.dividedBy(20);
  }

  /** From the end of the usable lease until the guard sends SIGKILL, before 95 % of the lease. */
  Duration guardsKill() {
    Duration latest = lease.dividedBy(8);
    Duration wanted = shorter(grace, latest);
    return wanted.compareTo(guardsTerm()) < 0 ? guardsTerm() : wanted;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
