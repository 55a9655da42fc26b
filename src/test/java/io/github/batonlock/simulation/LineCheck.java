package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.store.LockWrite;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who waits for one lock in one client gets it in the order of coming; and a client does not keep a
 * lock among its own for ever.
 */
final class LineCheck extends Check {
  LineCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    Lists<Place, Wait> lines = new Lists<>();
    history.waits.forEach(wait -> lines.add(new Place(wait.node, wait.key), wait));
    for (Place place : lines.keys()) {
      // When the waits of a crashed client left its lines is not known.
      if (!place.node().isCrashed()) {
        inOrder(lines.of(place));
      }
    }
    handoffs();
  }

  /** Where waits of one client for one lock stand in line. */
  private record Place(Node node, LockKey key) {}

  /** A wait that ended at the very moment of a grant has left the line before. */
  private void inOrder(List<Wait> waits) {
    Wait longest = null;
    int earlier = 0;
    for (Wait wait : waits) {
      for (; waits.get(earlier).began.world() < wait.began.world(); earlier++) {
        Wait next = waits.get(earlier);
        longest = longest == null || endedAt(next) > endedAt(longest) ? next : longest;
      }
      Hold granted = wait.hold;
      if (granted != null
          && longest != null
          && endedAt(longest) > granted.grantedAt.world()
          && !wasToldLate(longest)) {
        violated(
            granted.grantedAt.world(),
            granted + " overtook an earlier wait of the same client, from " + longest.began);
      }
    }
  }

  /** A user whose process had no thread for it learns late that his wait has ended. */
  private static boolean wasToldLate(Wait wait) {
    return wait.node.executor.hadNoThread(endedAt(wait), endedAt(wait));
  }

  private static long endedAt(Wait wait) {
    return wait.ended == null ? Long.MAX_VALUE : wait.ended.world();
  }

  private void handoffs() {
    Map<LockKey, Integer> inARow = new HashMap<>();
    for (Commit commit : history.commits) {
      Send send = commit.send();
      boolean handoff = send != null && send.write() instanceof LockWrite.Handoff;
      if (handoff) {
        int times = inARow.merge(commit.key(), 1, Integer::sum);
        if (times == scenario.bounds().of(Bound.HANDOFFS_IN_A_ROW) + 1) {
          violated(commit.at(), send.node() + " hands on '" + commit.key() + "' for ever");
        }
      } else if (send == null || send.isGrant() || !commit.after().isHeld()) {
        inARow.remove(commit.key());
      }
    }
  }
}
