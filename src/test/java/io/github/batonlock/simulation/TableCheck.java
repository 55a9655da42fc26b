package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import java.util.Objects;

/**
 * Every applied write was one that the protocol allows (protocol section 3): only a free lock is
 * acquired, only its own hold renews or frees it.
 */
final class TableCheck extends Check {
  TableCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Commit commit : history.commits) {
      Send send = commit.send();
      if (send == null) {
        continue;
      }
      shape(commit, send);
      LockWrite write = send.write();
      if (write instanceof LockWrite.Acquire) {
        if (commit.before().isHeld()) {
          violated(commit.at(), "acquired a held lock: " + commit);
        }
      } else if (write instanceof LockWrite.Open) {
        if (commit.before().version() != null) {
          violated(commit.at(), "opened a session that there was: " + commit);
        }
      } else if (write instanceof LockWrite.Mark mark) {
        marked(commit, mark);
      } else if (!(write instanceof LockWrite.Takeover) && !(write instanceof LockWrite.End)) {
        ownHold(commit, send);
      }
    }
  }

  /** What is written besides version and holder. */
  private void shape(Commit commit, Send send) {
    Row after = commit.after();
    if (after.isHeld() && after.expires()) {
      violated(commit.at(), "DynamoDB may delete what is held: " + commit);
    }
    if (send.isGrant()) {
      LockKey session = send.session();
      boolean right = session == null ? after.naming() == null : session.equals(after.session());
      if (!right) {
        violated(commit.at(), commit + " names as its session: " + after.naming());
      }
    } else if (after.isHeld() && !Objects.equals(after.session(), commit.before().session())) {
      violated(commit.at(), "the session of a held lock changed: " + commit);
    }
  }

  private void marked(Commit commit, LockWrite.Mark mark) {
    boolean isOfThisVersion = mark.sentBefore().version().equals(commit.before().version());
    if (!commit.before().isHeld()
        || !isOfThisVersion
        || !commit.after().isHeld()
        || !Objects.equals(commit.after().version(), commit.before().version())) {
      violated(commit.at(), "a mark changed a hold, or marked another: " + commit);
    }
  }

  private void ownHold(Commit commit, Send send) {
    if (!commit.before().isHeld()) {
      violated(commit.at(), "renewed or freed what was not held: " + commit);
    } else if (!History.candidates(send.write()).contains(commit.before().version())) {
      violated(commit.at(), "renewed or freed another's hold: " + commit);
    } else if (send.write() instanceof LockWrite.Release
        && commit.before().version().equals(commit.after().version())) {
      violated(commit.at(), "released without a new version: " + commit);
    }
  }
}
