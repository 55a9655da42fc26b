package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Released means released, lost means lost: no heartbeat is sent for a hold that is over, a
 * confirmed release has freed the item, and what a client got and did not keep it frees.
 */
final class ReleaseCheck extends Check {
  private static final long LATE = Duration.ofSeconds(5).toNanos();
  private final long calmFrom;

  ReleaseCheck(Scenario scenario, History history, long calmFrom) {
    super(scenario, history);
    this.calmFrom = calmFrom;
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      noHeartbeatAfter(hold);
      notUnderWork(hold);
      if (hold.session != null && hold.closedAt != null) {
        freedInTheEnd(hold, hold.closedAt.world(), hold.closedAt.world());
      }
      // For a machine that is suspended, the rest of its lease stands still, too.
      boolean isKeptLonger = hold.node.stoodStill(hold.endedAt(), hold.keptUntil());
      if (hold.session != null && LimitCheck.isLostByLimit(hold) && !isKeptLonger) {
        freedInTheEnd(hold, hold.endedAt(), hold.keptUntil());
      }
      if (hold.releaseReturnedAt != null && !hold.releaseUnconfirmed) {
        freed(hold, hold.releaseReturnedAt.world());
      }
    }
    history.keys().forEach(this::leftOver);
    orphans();
  }

  /**
   * A client does not renew a lock that no user was given. An executor that refuses tasks for a
   * while delays the delivery of a lock by some heartbeats.
   */
  private void orphans() {
    int most = scenario.has(Hazard.EXECUTORS) ? 9 : 3;
    Set<String> given = new HashSet<>();
    history.holds.forEach(hold -> given.add(hold.lineage));
    Map<String, Integer> heartbeats = new HashMap<>();
    history.sessions().forEach(session -> given.add(history.opened(session).after().version()));
    for (Send send : history.sends()) {
      if (send.write() instanceof LockWrite.Heartbeat && !given.contains(send.lineage())) {
        int times = heartbeats.merge(send.lineage(), 1, Integer::sum);
        if (times == most) {
          violated(send.at().world(), send.node() + " renews a lock that nobody was given");
        }
      }
    }
  }

  private void noHeartbeatAfter(Hold hold) {
    for (Send send : history.heartbeatsOf(hold.lineage)) {
      if (send.at().world() > hold.endedAt()) {
        violated(send.at().world(), hold + " was over, and a heartbeat was sent for it");
        return;
      }
    }
  }

  /** Work of a guarded call goes on: nobody else gets the lock by its own client's doing. */
  private void notUnderWork(Hold hold) {
    boolean expired =
        hold.told.stream().anyMatch(told -> told.revocation().reason() != Reason.CLIENT_CLOSED);
    if (hold.workEndedAt == 0 || expired) {
      return;
    }
    freedUnderWork(hold, hold.key, hold.lineage);
    if (hold.session != null) {
      freedUnderWork(hold, hold.session, history.leaseOf(hold));
    }
  }

  private void freedUnderWork(Hold hold, LockKey key, String lineage) {
    for (Commit commit : history.commitsOf(key)) {
      Send send = commit.send();
      boolean own = send != null && send.node() == hold.node && !commit.after().isHeld();
      boolean mine = history.lineage(commit.before().version()).equals(lineage);
      if (own && mine && commit.at() < hold.workEndedAt && commit.before().isHeld()) {
        violated(commit.at(), hold + " was freed while work went on under it");
        return;
      }
    }
  }

  /** Where no lease of its own ends a lock, its client goes on trying. */
  private void freedInTheEnd(Hold hold, long mayBeFreed, long closed) {
    Row row = Row.NONE;
    boolean sessionLives = false;
    for (Commit commit : history.commitsOf(hold.key, hold.session)) {
      boolean keeps =
          row.isHeld() && sessionLives && history.lineage(row.version()).equals(hold.lineage);
      if (commit.at() > mayBeFreed && !keeps) {
        return;
      }
      if (commit.key().equals(hold.session)
          && commit.send() != null
          && commit.send().write() instanceof LockWrite.Heartbeat
          && commit.send().at().world() > closed
          && Health.longestGood(hold.node, closed, commit.send().at().world()) > patience(hold)) {
        violated(commit.at(), hold + " was given back and goes on being kept by its session");
        return;
      }
      boolean brought = commit.send() == null && commit.at() > hold.grantedAt.world();
      if (brought && commit.key().equals(hold.key)) {
        return;
      }
      row = commit.key().equals(hold.key) ? commit.after() : row;
      sessionLives = commit.key().equals(hold.session) ? commit.after().isHeld() : sessionLives;
    }
  }

  private long patience(Hold hold) {
    long one = recovery(scenario, hold.node) + hold.node.terms.heartbeat().toNanos();
    return (long) (one / rate(scenario, hold.node));
  }

  private void freed(Hold hold, long at) {
    Commit last = history.lastChange(hold.key, at);
    // A duplicate of the acquisition may have come after the release: a ghost, nobody's hold.
    boolean ghost = last != null && last.send() != null && last.send().isGrant();
    boolean brought = last != null && last.send() == null;
    if (last != null
        && isKept(last.after(), at)
        && history.lineage(last.after().version()).equals(hold.lineage)
        && !ghost
        && !brought) {
      violated(at, hold + " was given back, but the item still names it");
    }
  }

  /** Whether a row is held, and so is the session that it names, if it does. */
  private boolean isKept(Row row, long at) {
    LockKey session = row.session();
    if (!row.isHeld() || session == null) {
      return row.isHeld();
    }
    return history.rowAt(session, at).isHeld();
  }

  /** What stands in the item at the very end. */
  private void leftOver(LockKey key) {
    Row row = history.row(key);
    Send grant = history.send(history.lineage(row.version()));
    if (!isKept(row, Long.MAX_VALUE) || grant == null || grant.node().isCrashed()) {
      return;
    }
    boolean recent = grant.at().world() >= calmFrom;
    boolean late =
        history.commitsOf(key).stream()
            .anyMatch(
                commit -> grant.equals(commit.send()) && commit.at() - grant.at().world() > LATE);
    if (recent && !late && !mayBeAtWork(key, grant)) {
      violated(grant.at().world(), "all clients are closed, but '" + key + "' is held: " + row);
    }
  }

  /** Whose limit was reached, and who has not said since that he has stopped, keeps his lease. */
  private boolean mayBeAtWork(LockKey key, Send grant) {
    return Stream.concat(
            history.holdsGivenFor(grant.lineage()).stream(), history.holdsOfSession(key).stream())
        .anyMatch(
            hold -> LimitCheck.isLostByLimit(hold) && hold.keptUntil() > hold.node.closedAt());
  }
}
