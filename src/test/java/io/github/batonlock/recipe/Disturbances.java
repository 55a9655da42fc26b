package io.github.batonlock.recipe;

import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What happens to clients in a bad hour: pauses, suspends, lost answers; all heals after a while.
 */
final class Disturbances {
  private final List<World.Node> nodes;
  private final SplittableRandom random;
  private final Set<World.Node> asleep = new HashSet<>();

  Disturbances(List<World.Node> nodes, SplittableRandom random) {
    this.nodes = nodes;
    this.random = random;
  }

  /** Something may happen to one of them. */
  void next() {
    World.Node node = nodes.get(random.nextInt(nodes.size()));
    switch (random.nextInt(60)) {
      case 0 -> pause(node, false);
      case 1 -> pause(node, true);
      case 2 -> node.store.failAll(Fault.ANSWER_LOST);
      case 3 -> node.store.failAll(Fault.BROKEN_AFTER);
      case 4, 5, 6, 7 -> heal(node);
      default -> {}
    }
  }

  private void pause(World.Node node, boolean clockStops) {
    if (node.machine.isPaused()) {
      return;
    }
    if (clockStops) {
      asleep.add(node);
      node.machine.sleep();
    } else {
      node.machine.pause();
    }
  }

  private void heal(World.Node node) {
    node.store.heal();
    if (asleep.remove(node)) {
      node.machine.wake();
    } else if (node.machine.isPaused()) {
      node.machine.resume();
    }
  }
}
