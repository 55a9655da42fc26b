package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One kind of promise, checked against what has happened. */
abstract class Check {
  final Scenario scenario;
  final History history;
  private final List<Violation> found = new ArrayList<>();

  Check(Scenario scenario, History history) {
    this.scenario = scenario;
    this.history = history;
  }

  List<Violation> find() {
    run();
    return found;
  }

  abstract void run();

  void violated(long at, String what) {
    found.add(new Violation(name(), at, what));
  }

  /** How tables and failures call it: the class, without "Check". */
  private String name() {
    return getClass().getSimpleName().replace("Check", "").toLowerCase(java.util.Locale.ROOT);
  }

  static long usable(Node node) {
    return node.terms.usable().toNanos();
  }

  static double rate(Scenario scenario, Node node) {
    return scenario.rates().get(node.place);
  }

  /**
   * How long a connected process may need to get one renewal through after all was well again, by
   * its own clock: an attempt under way, pauses between tries, and some latency.
   */
  static long recovery(Scenario scenario, Node node) {
    Duration heartbeat = node.terms.heartbeat();
    Duration half = heartbeat.dividedBy(2);
    Duration second = Duration.ofSeconds(1);
    Duration attempt = half.compareTo(second) < 0 ? half : second;
    Duration recovery = attempt.multipliedBy(2).plusMillis(600);
    // A request without any end is given up after a heartbeat interval.
    boolean hangs = scenario.conditions().contains(Condition.HANGING);
    return (hangs ? recovery.plus(heartbeat) : recovery).toNanos();
  }

  /** When somebody who is no client of ours took a row from a hold; never is the end. */
  long interferedAt(Hold hold) {
    if (!scenario.has(Hazard.OPERATORS)) {
      return Long.MAX_VALUE;
    }
    // Only a holder that was suspended since then does not know that its lease has run out.
    long interfered = firstTaken(hold.key, hold.lineage, scenario.has(Hazard.SUSPENDS));
    return hold.session == null
        ? interfered
        : Math.min(interfered, firstTaken(hold.session, history.leaseOf(hold), true));
  }

  /**
   * An item that is brought back revives the lock of a suspended holder; an ended session that is
   * brought back revives all its locks. Both may have new holders.
   */
  private long firstTaken(LockKey key, String lineage, boolean orBroughtBack) {
    for (Commit commit : history.commitsByOthers(key)) {
      if (isOf(commit.before(), lineage) || (orBroughtBack && isOf(commit.after(), lineage))) {
        return commit.at();
      }
    }
    return Long.MAX_VALUE;
  }

  private boolean isOf(Row row, String lineage) {
    return history.lineage(row.version()).equals(lineage);
  }
}
