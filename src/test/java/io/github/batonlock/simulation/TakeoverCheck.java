package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A lock is taken from its holder only after a lease of silence, by the taker's monotonic clock
 * (protocol section 2), or from a hold of the taker's own that is over, or by the fast path's rule;
 * and where a session keeps it, only after that has ended, which itself needs such a silence.
 */
final class TakeoverCheck extends Check {
  private final Map<LockKey, Commit> last = new HashMap<>();

  /** When each session was first seen to have ended. */
  private final Map<LockKey, Long> ended = new HashMap<>();

  /**
   * A late duplicate may write a version again: its lease counts from its one send all the same.
   */
  private final Map<String, Commit> first = new HashMap<>();

  TakeoverCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Commit commit : history.commits) {
      if (commit.send() != null && commit.send().write() instanceof LockWrite.Takeover takeover) {
        taken(commit, commit.send(), takeover);
      } else if (commit.send() != null && commit.send().write() instanceof LockWrite.End end) {
        sessionEnded(commit, commit.send(), end);
      }
      if (commit.send() != null) {
        statement(commit, commit.send().write());
      }
      if (commit.after().released()) {
        ended.putIfAbsent(commit.key(), commit.at());
      }
      last.put(commit.key(), commit);
      if (commit.after().version() != null) {
        first.putIfAbsent(commit.after().version(), commit);
      }
    }
  }

  /** What a client says of the time when a version was sent is true, by the most that hosts err. */
  private void statement(Commit commit, LockWrite write) {
    SentBefore said = History.statement(write);
    Duration error = scenario.tableClockError();
    if (said == null || error == null || said.epochMillis() == SentBefore.UNKNOWN) {
      return;
    }
    Send sent = history.send(said.version());
    long at = sent == null ? first.get(said.version()).at() : sent.at().world();
    long truth = VirtualTime.EPOCH + Duration.ofNanos(at).toMillis();
    if (scenario.clocksAreSound() && said.epochMillis() + error.toMillis() < truth) {
      violated(commit.at(), "sent later than was said: " + commit + ", " + said);
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
    if (!own && !isOver(before, send, silent != null)) {
      violated(commit.at(), "taken over too early: " + commit);
    }
  }

  /** Whether the lease of what stood in a row was over: its own, or that of its session. */
  private boolean isOver(Row before, Send send, boolean isOurs) {
    LockKey session = before.session();
    if (session != null) {
      return ended.getOrDefault(session, Long.MAX_VALUE) <= send.at().world();
    }
    return wasSilent(first.get(before.version()), before, send, isOurs)
        || isLongDead(before, send, isOurs);
  }

  /** A session is ended by others only after a lease of silence, or of being missing. */
  private void sessionEnded(Commit commit, Send send, LockWrite.End end) {
    Row before = commit.before();
    if (!Objects.equals(end.observedVersion(), before.version())) {
      violated(commit.at(), "a session ended by a version that was not there: " + commit);
    } else if (end.observedVersion() != null) {
      boolean brought = last.get(commit.key()).send() == null;
      if (!brought && !isOwnAndUnused(commit.key(), send) && !isOver(before, send, true)) {
        violated(commit.at(), "a session ended too early: " + commit);
      }
    } else if (!ended.containsKey(commit.key()) && !wasMissing(commit.key(), send)) {
      violated(commit.at(), "a missing session believed too early: " + commit);
    }
  }

  /** Whether it is the sender's own, and no user of his is at work under it. */
  private boolean isOwnAndUnused(LockKey session, Send send) {
    Commit opened = history.opened(session);
    return opened != null
        && opened.send().node() == send.node()
        && history.holdsOfSession(session).stream()
            .allMatch(hold -> Math.min(hold.endedAt(), hold.closeAskedAt) <= send.at().world());
  }

  /** Whether there had been no such row for a lease when the write was sent. */
  private boolean wasMissing(LockKey session, Send send) {
    Commit before = history.lastChange(session, send.at().world());
    if (before == null || before.after().version() != null) {
      return false;
    }
    int node = send.node().number;
    long from =
        node < before.monotonic().size() ? before.monotonic().get(node) : startOf(send.node());
    long lease = Duration.ofMillis(before.before().leaseMillis()).toNanos();
    boolean isLongMissing =
        scenario.tableClockError() != null && send.at().world() - before.at() >= lease;
    return isLongMissing || send.at().monotonic() - from >= lease;
  }

  /** Whether no user of the taker's own process can still be at work under this hold. */
  private boolean isOver(Row before, long at) {
    List<Hold> given = history.holdsGivenFor(history.lineage(before.version()));
    return given.isEmpty()
        || given.stream().anyMatch(hold -> Math.min(hold.endedAt(), hold.closeAskedAt) <= at);
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

  /** Whether the lease of a version was over by true time: then no clock has to be trusted. */
  private boolean isLongDead(Row before, Send send, boolean isOurs) {
    Send silent = history.send(before.version());
    long sent = silent == null ? first.get(before.version()).at() : silent.at().world();
    long lease = Duration.ofMillis(before.leaseMillis()).toNanos();
    return scenario.tableClockError() != null
        && send.at().world() - sent > (isOurs ? lease : lease / 4 * 5);
  }
}
