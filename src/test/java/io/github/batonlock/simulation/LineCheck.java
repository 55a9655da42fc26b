package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.LockWrite;
import java.util.HashMap;
import java.util.Map;

/**
 * Who waits for one lock in one client gets it in the order of coming; and a client does not keep a
 * lock among its own for ever.
 */
final class LineCheck extends Check {
  private static final int MAX_HANDOFFS_IN_A_ROW = 32;

  LineCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Wait wait : history.waits) {
      if (wait.hold != null) {
        history.waits.stream()
            .filter(other -> other.node == wait.node && other.key.equals(wait.key))
            .forEach(other -> inOrder(other, wait, wait.hold));
      }
    }
    handoffs();
  }

  /** Whoever gave up at that very moment has left the line before. */
  private void inOrder(Wait earlier, Wait later, Hold granted) {
    long at = granted.grantedAt.world();
    boolean before = earlier.began.world() < later.began.world();
    boolean stillWaits = earlier.ended == null || earlier.ended.world() > at;
    if (before && stillWaits && !earlier.node.isCrashed()) {
      violated(at, granted + " overtook an earlier wait of the same client, from " + earlier.began);
    }
  }

  private void handoffs() {
    Map<LockKey, Integer> inARow = new HashMap<>();
    for (Commit commit : history.commits) {
      Send send = commit.send();
      boolean handoff = send != null && send.write() instanceof LockWrite.Handoff;
      if (handoff) {
        int times = inARow.merge(commit.key(), 1, Integer::sum);
        if (times == MAX_HANDOFFS_IN_A_ROW + 1) {
          violated(commit.at(), send.node() + " hands on '" + commit.key() + "' for ever");
        }
      } else if (send == null || send.isGrant() || !commit.after().isHeld()) {
        inARow.remove(commit.key());
      }
    }
  }
}
