package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;

/**
 * Who lost his lock is told: once, for the right reason, no later than his deadline if his process
 * runs, and never after he gave it back (protocol sections 7 and 8).
 */
final class RevocationCheck extends Check {
  private static final long MOMENT = Duration.ofMillis(50).toNanos();

  /** What may have happened to a row since the grant that gave this token. */
  private interface Change {
    boolean isSuch(Commit commit, long token);
  }

  RevocationCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      if (hold.told.size() > 1) {
        violated(hold.told.get(1).at().world(), hold + " was told " + hold.told.size() + " times");
      }
      if (!hold.told.isEmpty()) {
        told(hold, hold.told.get(0));
      }
      interfered(hold);
    }
  }

  private void told(Hold hold, Hold.Told told) {
    long at = told.at().world();
    if (hold.closedAt != null) {
      violated(at, hold + " was told of a loss, and given back");
    }
    if (hold.lastBelievedAt() > at) {
      violated(hold.lastBelievedAt(), hold + " was believed after its revocation");
    }
    long late = told.at().monotonic() - told.renewedAt().monotonic() - usable(hold.node);
    if (late > MOMENT && !hold.node.wasHindered(at - late, at)) {
      violated(at, hold + " was told " + Duration.ofNanos(late).toMillis() + " ms too late");
    }
    Reason reason = told.revocation().reason();
    if (!isTrue(reason, hold, told)) {
      violated(at, hold + " was told a wrong reason: " + reason);
    }
  }

  private boolean isTrue(Reason reason, Hold hold, Hold.Told told) {
    String owner = hold.node.client.ownerName();
    return switch (reason) {
      case LEASE_EXPIRED ->
          told.at().monotonic() - told.answeredAt().monotonic() >= usable(hold.node);
      case TAKEN_OVER ->
          has(hold, told, (commit, token) -> isAnothers(hold, commit, token))
              || has(hold, told, (commit, token) -> isForeign(commit));
      case ITEM_DELETED -> has(hold, told, (commit, token) -> commit.after().version() == null);
      case ITEM_CHANGED ->
          has(
              hold,
              told,
              (commit, token) ->
                  commit.after().isHeld()
                      && (isOlder(commit, token)
                          || isWrittenAgain(hold, commit)
                          || looksLikeItsOwn(hold, commit, token)));
      case RELEASED_EXTERNALLY ->
          has(
              hold,
              told,
              (commit, token) ->
                  commit.after().released()
                      && (owner.equals(commit.after().owner()) || isOlder(commit, token)));
      case CLIENT_CLOSED -> hold.node.isClosing();
      // Looked at by another check.
      case WORKER_DIED, HELD_TOO_LONG, STALLED -> scenario.has(Hazard.LIMITS);
    };
  }

  private boolean isAnothers(Hold hold, Commit commit, long token) {
    Row row = commit.after();
    return row.version() != null && !isOf(hold, row) && row.token() >= token;
  }

  /** It knows no tokens. */
  private static boolean isForeign(Commit commit) {
    return commit.send() == null && commit.after().version() != null && commit.after().token() == 0;
  }

  /** An operator brought it back, or the sequence has begun anew. */
  private static boolean isOlder(Commit commit, long token) {
    return commit.after().token() < token
        || (commit.send() == null && commit.after().token() == token);
  }

  /** Taken by a process of the same owner name, after an operator had set the token back. */
  private static boolean looksLikeItsOwn(Hold hold, Commit commit, long token) {
    return commit.after().token() == token
        && hold.node.client.ownerName().equals(commit.after().owner());
  }

  /** A late duplicate of the grant has brought its version back, after the item was deleted. */
  private boolean isWrittenAgain(Hold hold, Commit commit) {
    String version = commit.after().version();
    return hold.lineage.equals(version) || history.leaseOf(hold).equals(version);
  }

  private boolean isOf(Hold hold, Row row) {
    String lineage = history.lineage(row.version());
    return lineage.equals(hold.lineage) || lineage.equals(history.leaseOf(hold));
  }

  /** Whether the row, or the session's, has changed like this since the hold was granted. */
  private boolean has(Hold hold, Hold.Told told, Change change) {
    return has(hold.key, hold.lineage, told, change)
        || (hold.session != null && has(hold.session, history.leaseOf(hold), told, change));
  }

  private boolean has(LockKey key, String lineage, Hold.Told told, Change change) {
    boolean granted = false;
    long token = 0;
    for (Commit commit : history.commitsOf(key)) {
      if (commit.at() > told.at().world()) {
        return false;
      }
      if (granted && change.isSuch(commit, token)) {
        return true;
      }
      if (lineage.equals(commit.after().version())) {
        granted = true;
        token = commit.after().token();
      }
    }
    return false;
  }

  /** A holder whose item was taken away learns it by his next heartbeat. */
  private void interfered(Hold hold) {
    long interfered = interferedAt(hold);
    if (interfered == Long.MAX_VALUE) {
      return;
    }
    double rate = rate(scenario, hold.node);
    long bound =
        (long) ((hold.node.terms.heartbeat().toNanos() + recovery(scenario, hold.node)) / rate);
    // For a lock kept by a session nothing is written, so that its own item may change unseen.
    if (hold.session != null && !isSessionTaken(hold, interfered)) {
      return;
    }
    boolean connected =
        Health.isGood(hold.node, interfered, interfered + bound)
            && !hold.node.wasHindered(interfered, interfered + bound);
    if (connected && hold.endedAt() > interfered + bound && !isNamedAgain(hold, interfered)) {
      violated(interfered + bound, hold + " was not told that its item was taken away");
    }
  }

  private boolean isSessionTaken(Hold hold, long at) {
    return history.commitsOf(hold.session).stream().anyMatch(commit -> commit.at() == at);
  }

  /** An operator took the item away and brought it back. */
  private boolean isNamedAgain(Hold hold, long since) {
    return isNamedAgain(hold.key, hold, since)
        || (hold.session != null && isNamedAgain(hold.session, hold, since));
  }

  private boolean isNamedAgain(LockKey key, Hold hold, long since) {
    return history.commitsOf(key).stream()
        .anyMatch(commit -> commit.at() >= since && isOf(hold, commit.after()));
  }
}
