package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.store.LockWrite;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What shared leases promise besides (protocol section 6): a session is there before a lock names
 * it, is used once, has ended for ever when it has ended, and costs the only writes; all its locks
 * are lost together, for one reason; and it ends when nobody uses it.
 */
final class SessionCheck extends Check {
  private static final long MOMENT = Duration.ofMillis(50).toNanos();

  SessionCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    endedForEver();
    namedWhenThere();
    for (LockKey session : history.sessions()) {
      lostTogether(history.holdsOfSession(session));
      used(session);
    }
  }

  /** Only an operator brings one back. */
  private void endedForEver() {
    for (Commit commit : history.commits) {
      boolean ours = commit.send() != null && history.opened(commit.key()) != null;
      if (ours && commit.before().released()) {
        violated(commit.at(), "a session that had ended was written: " + commit);
      }
    }
  }

  private void namedWhenThere() {
    Set<LockKey> named = new HashSet<>();
    for (Send send : history.sends()) {
      LockKey session = send.session();
      long at = send.at().world();
      if (session != null) {
        Commit opened = history.opened(session);
        if (opened == null || opened.at() > at || opened.send().node() != send.node()) {
          violated(at, send.write() + " names a session that its client does not have");
        }
        named.add(session);
      }
      if (send.write() instanceof LockWrite.Open && named.contains(send.write().key())) {
        violated(at, send.node() + " uses the key of a session again");
      }
      if (send.write() instanceof LockWrite.Heartbeat beat
          && beat.session() != null
          && beat.data() == null) {
        violated(at, send.node() + " renews a lock that its session keeps: " + beat.key());
      }
    }
  }

  /** Told for another reason than closing, and not for a change of the lock's own item. */
  private void lostTogether(List<Hold> holds) {
    Hold first = null;
    for (Hold hold : holds) {
      if (isLostWithSession(hold) && (first == null || toldAt(hold) < toldAt(first))) {
        first = hold;
      }
    }
    if (first == null) {
      return;
    }
    long at = toldAt(first);
    Revocation revocation = first.told.get(0).revocation();
    for (Hold hold : holds) {
      boolean lives =
          hold.grantedAt.world() <= at && Math.min(hold.endedAt(), hold.closeAskedAt) > at;
      if (lives && !hold.node.wasHindered(at, at + MOMENT)) {
        boolean inTime = !hold.told.isEmpty() && toldAt(hold) <= at + MOMENT;
        if (!inTime || hold.told.get(0).revocation().reason() != revocation.reason()) {
          violated(at, first + " was lost with its session, but not in the same way " + hold);
        }
      }
    }
  }

  private static long toldAt(Hold hold) {
    return hold.told.get(0).at().world();
  }

  private boolean isLostWithSession(Hold hold) {
    if (hold.told.isEmpty() || LimitCheck.isLostByLimit(hold)) {
      return false;
    }
    Reason reason = hold.told.get(0).revocation().reason();
    boolean changed = !names(hold.key, hold.lineage, hold);
    boolean ended = !names(hold.session, history.leaseOf(hold), hold);
    return reason == Reason.LEASE_EXPIRED || (reason != Reason.CLIENT_CLOSED && ended && !changed);
  }

  /** Whether a row named the hold, or its session, when it was told of its loss. */
  private boolean names(LockKey key, String lineage, Hold hold) {
    Row row = history.rowAt(key, toldAt(hold));
    return row.isHeld() && history.lineage(row.version()).equals(lineage);
  }

  /** A lease after the last use it ends; a use is a hold, or somebody who waits. */
  private void used(LockKey session) {
    Commit opened = history.opened(session);
    Node node = opened.send().node();
    long patience = (long) (node.terms.lease().plusSeconds(10).toNanos() / rate(scenario, node));
    List<Wait> waits =
        Stream.concat(history.waits.stream(), history.looks.stream())
            .filter(wait -> wait.node == node && wait.leases.isShared())
            .toList();
    for (Send send : history.heartbeatsTo(session)) {
      long at = send.at().world();
      boolean recent =
          at - opened.at() < patience
              || node.stoodStill(at - patience, at)
              || history.holdsOfSession(session).stream()
                  .anyMatch(hold -> hold.keptUntil() > at - patience)
              || waits.stream().anyMatch(wait -> wasOpen(wait, at - patience, at));
      if (!recent) {
        violated(at, node + " keeps a session that nobody uses");
        return;
      }
    }
  }

  private static boolean wasOpen(Wait wait, long from, long to) {
    return wait.began.world() <= to && (wait.ended == null || wait.ended.world() > from);
  }
}
