package io.github.batonlock.simulation;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often what happened, so that nobody takes silence for safety.
 *
 * @param counts by what
 */
record Tally(Map<String, Long> counts) {
  static Tally of(History history) {
    Tally tally = new Tally(new TreeMap<>());
    tally.count("acquisitions", history.holds.size());
    tally.count("waits", history.waits.size());
    tally.count("processes", history.nodes.size());
    tally.count("crashes", history.nodes.stream().filter(Node::isCrashed).count());
    tally.count("changes of items", history.commits.size());
    tally.count(
        "takeovers",
        history.commits.stream()
            .filter(c -> c.send() != null && c.send().write() instanceof LockWrite.Takeover)
            .count());
    tally.count(
        "marks",
        history.commits.stream()
            .filter(c -> c.send() != null && c.send().write() instanceof LockWrite.Mark)
            .count());
    tally.count(
        "takeovers at first sight", history.commits.stream().filter(Tally::isAtFirstSight).count());
    tally.count("beliefs", history.holds.stream().mapToLong(h -> h.beliefs.size()).sum());
    for (Reason reason : Reason.values()) {
      tally.count(
          "revoked: " + reason,
          history.holds.stream()
              .flatMap(hold -> hold.told.stream())
              .filter(told -> told.revocation().reason() == reason)
              .count());
    }
    return tally;
  }

  /** Of a held lock, by a process that has not lived for its lease. */
  private static boolean isAtFirstSight(Commit commit) {
    Send send = commit.send();
    return send != null
        && send.write() instanceof LockWrite.Takeover
        && commit.before().isHeld()
        && commit.before().session() == null
        && send.at().monotonic() - send.node().startedAt.monotonic()
            < Duration.ofMillis(commit.before().leaseMillis()).toNanos();
  }

  private void count(String what, long times) {
    counts.merge(what, times, Long::sum);
  }

  void add(Tally other) {
    other.counts.forEach(this::count);
  }
}
