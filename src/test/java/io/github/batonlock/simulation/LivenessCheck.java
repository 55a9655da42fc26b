package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whoever waits for a free lock, runs and is connected, gets it with his next look, and a dead
 * holder's a lease after its last write (protocol section 8, property 4); his own client's ghost he
 * does not wait for.
 *
 * <p>Measured between two changes of the item or of who holds it: nothing may stay as it is for
 * longer while somebody waits.
 */
final class LivenessCheck extends Check {
  private static final long SLACK = Duration.ofMillis(600).toNanos();

  /** 1.2 s, a tenth more, and half as much again where a heartbeat is due then. */
  private static final long POLL = Duration.ofSeconds(2).toNanos();

  /** Between looks at a session; twice as much where a heartbeat is due then. */
  private static final long SESSION_POLL = Duration.ofSeconds(5).toNanos();

  private final long from;
  private final long stopped;

  LivenessCheck(Scenario scenario, History history, long calmFrom, long stopped) {
    super(scenario, history);
    // A client that finds its clock to have stood still drops what it has observed.
    boolean clocksStandStill = scenario.has(Hazard.SUSPENDS) || scenario.has(Hazard.BROKEN_CLOCKS);
    this.from = clocksStandStill ? calmFrom : 0;
    this.stopped = stopped;
  }

  @Override
  void run() {
    for (Wait wait : history.waits) {
      long from = Math.max(this.from, wait.began.world());
      long to = wait.ended == null ? stopped : Math.min(stopped, wait.ended.world());
      if (from < to && !wait.node.isCrashed()) {
        waited(wait, from, to);
      }
    }
  }

  private void waited(Wait wait, long from, long to) {
    TreeSet<Long> changes = new TreeSet<>();
    changes.add(from);
    changes.add(to);
    List<Hold> holds = new ArrayList<>();
    for (Hold hold : history.holds) {
      if (hold.key.equals(wait.key)) {
        holds.add(hold);
        addWithin(changes, hold.grantedAt.world(), from, to);
        addWithin(changes, hold.endedAt(), from, to);
      }
    }
    LockKey named = null;
    for (Commit commit : history.commits) {
      if (commit.key().equals(wait.key) || commit.key().equals(named)) {
        addWithin(changes, commit.at(), from, to);
      }
      if (commit.key().equals(wait.key) && commit.after().session() != null) {
        named = commit.after().session();
      }
    }
    Long before = null;
    for (Long change : changes) {
      if (before != null) {
        stretch(wait, holds, before, change);
      }
      before = change;
    }
  }

  private static void addWithin(SortedSet<Long> changes, long at, long from, long to) {
    if (at > from && at < to) {
      changes.add(at);
    }
  }

  private void stretch(Wait wait, List<Hold> holds, long from, long to) {
    boolean held =
        holds.stream().anyMatch(hold -> hold.grantedAt.world() <= from && hold.endedAt() > from);
    if (held) {
      return;
    }
    Commit last = lastChange(wait.key, from);
    Row row = last == null ? Row.NONE : last.after();
    long lease = row.isHeld() && !isOwnGhost(wait, row) ? leaseOf(row, from) : 0;
    // A version that was seen replaced, and is there after all, is observed anew: an operator has
    // brought it back, or a stale read has shown one before it that had not been seen until then.
    boolean mayBeAnew = scenario.has(Hazard.STALE_READS) || (last != null && last.send() == null);
    long bound = mayBeAnew ? 2 * lease : lease;
    long staleness = scenario.has(Hazard.STALE_READS) ? Faults.MAX_STALENESS.toNanos() : 0;
    long most =
        (long) ((bound + poll(row) + recovery(scenario, wait.node)) / scenario.slowest())
            + SLACK
            + staleness;
    long good = Health.longestGood(wait.node, from, to);
    if (good > most) {
      violated(
          to,
          wait
              + " saw nothing change for "
              + Duration.ofNanos(good).toMillis()
              + " ms, the item being "
              + row);
    }
  }

  /** Something that the waiter's own client got and gave up. */
  private boolean isOwnGhost(Wait wait, Row row) {
    Send send = history.send(row.version());
    return send != null
        && send.node() == wait.node
        && history.holds.stream().noneMatch(hold -> hold.lineage.equals(send.lineage()));
  }

  private static long poll(Row row) {
    return row.session() == null ? POLL : POLL + SESSION_POLL;
  }

  /** What remains of it at most: nothing, if its session has ended. */
  private long leaseOf(Row row, long at) {
    long lease = Duration.ofMillis(row.leaseMillis()).toNanos();
    LockKey session = row.session();
    if (session != null) {
      Commit last = lastChange(session, at);
      return last != null && last.after().released() ? 0 : lease;
    }
    return history.send(row.version()) == null ? lease / 4 * 5 : lease;
  }

  private @Nullable Commit lastChange(LockKey key, long at) {
    Commit last = null;
    for (Commit commit : history.commits) {
      if (commit.key().equals(key) && commit.at() <= at) {
        last = commit;
      }
    }
    return last;
  }
}
