package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.client.Leftovers;

/** What clients keep when nobody wants anything any more. */
final class Remains {
  private final SimulatedWorld world;

  Remains(SimulatedWorld world) {
    this.world = world;
  }

  /** All has been given back, for so long that nothing is under way any more. */
  void ofUnused(Iterable<Node> nodes) {
    for (Node node : nodes) {
      if (waitsForUnheld(node)) {
        continue;
      }
      String kept = Leftovers.of(node.client);
      int timers = node.machine.timers();
      if (!kept.isEmpty()) {
        world.history.violated("remains", world.now(), node + " is not used, and keeps " + kept);
      } else if (timers > 0) {
        world.history.violated(
            "remains", world.now(), node + " is not used: " + timers + " timers");
      }
    }
  }

  /**
   * Whether a client waits for a lock that has no holder. A late duplicate of an acquisition names
   * a session that goes on; the end of the session frees the lock (docs/reliability.md, "What is
   * not proven").
   */
  private boolean waitsForUnheld(Node node) {
    return world.history.waits.stream()
        .filter(wait -> wait.node == node && wait.ended == null)
        .anyMatch(wait -> isNamedOnly(wait.key));
  }

  private boolean isNamedOnly(LockKey key) {
    Commit last = world.history.lastChange(key, world.now());
    return last != null
        && last.after().isHeld()
        && last.after().session() != null
        && world.history.holdsOf(key).stream().allMatch(hold -> hold.endedAt() <= world.now());
  }

  /** What clients have to end with themselves. */
  void ofClosed(Iterable<Node> nodes) {
    for (Node node : nodes) {
      if (node.isClosed() && !node.isCrashed()) {
        String kept = Leftovers.afterClose(node.client);
        if (!kept.isEmpty()) {
          world.history.violated("remains", world.now(), node + " is closed, and keeps " + kept);
        }
      }
    }
  }
}
