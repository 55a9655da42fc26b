package io.github.batonlock.simulation;

import io.github.batonlock.internal.store.LockWrite;

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
      if (send.write() instanceof LockWrite.Acquire) {
        if (commit.before().isHeld()) {
          violated(commit.at(), "acquired a held lock: " + commit);
        }
      } else if (!(send.write() instanceof LockWrite.Takeover)) {
        ownHold(commit, send);
      }
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
