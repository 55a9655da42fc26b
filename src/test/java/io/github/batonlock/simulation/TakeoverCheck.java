package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A lock is taken from its holder only after a lease of silence, by the taker's monotonic clock
 * (protocol section 2), or from a hold of the taker's own that is over, or by the fast path's rule.
 */
final class TakeoverCheck extends Check {
  private final Map<LockKey, Commit> last = new HashMap<>();

  /**
   * A late duplicate may write a version again: its lease counts from its one send all the same.
   */
  private final Map<String, Commit> first = new HashMap<>();

  private final Set<String> givenToUsers = new HashSet<>();

  TakeoverCheck(Scenario scenario, History history) {
    super(scenario, history);
    history.holds.forEach(hold -> givenToUsers.add(hold.lineage));
  }

  @Override
  void run() {
    for (Commit commit : history.commits) {
      if (commit.send() != null && commit.send().write() instanceof LockWrite.Takeover takeover) {
        taken(commit, commit.send(), takeover);
      }
      last.put(commit.key(), commit);
      if (commit.after().version() != null) {
        first.putIfAbsent(commit.after().version(), commit);
      }
    }
  }

  private void taken(Commit commit, Send send, LockWrite.Takeover takeover) {
    Row before = commit.before();
    if (!takeover.observedVersion().equals(before.version())) {
      violated(commit.at(), "taken over by a version that was not there: " + commit);
      return;
    }
    Commit written = last.get(commit.key());
    if (written.send() == null && written.by().equals("operator")) {
      return;
    }
    Node taker = send.node();
    Send silent = history.send(before.version());
    boolean own = silent != null && silent.node() == taker && isOver(before, send.at().world());
    Commit shown = first.get(before.version());
    if (!own && !wasSilent(shown, before, send, silent != null) && !isLongDead(before, send)) {
      violated(commit.at(), "taken over too early: " + commit);
    }
  }

  /** Whether no user of the taker's own process can still be at work under this hold. */
  private boolean isOver(Row before, long at) {
    String lineage = history.lineage(before.version());
    return !givenToUsers.contains(lineage)
        || history.holds.stream()
            .filter(hold -> hold.lineage.equals(lineage))
            .anyMatch(hold -> Math.min(hold.endedAt(), hold.closeAskedAt) <= at);
  }

  private boolean wasSilent(Commit shown, Row before, Send send, boolean isOurs) {
    int node = send.node().number;
    // A process that did not live yet has seen nothing.
    boolean lived = node < shown.monotonic().size();
    long since = lived ? send.at().monotonic() - shown.monotonic().get(node) : 0;
    long lease = Duration.ofMillis(before.leaseMillis()).toNanos();
    return lived
        ? since >= (isOurs ? lease : lease / 4 * 5)
        : send.at().monotonic() - startOf(send.node()) >= lease;
  }

  private long startOf(Node node) {
    return node.startedAt.monotonic();
  }

  private boolean isLongDead(Row before, Send send) {
    Duration error = scenario.maxClockError();
    Send silent = history.send(before.version());
    return error != null
        && silent != null
        && send.at().epochMillis() - silent.at().epochMillis()
            > before.leaseMillis() + 2 * error.toMillis();
  }
}
