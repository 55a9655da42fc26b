package io.github.batonlock.simulation;

import io.github.batonlock.recipe.FairLock;
import java.util.List;

/** Workers who stand in a queue for one lock. */
final class FairStory extends PossessionStory {
  FairStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  Tool tool(Node node) {
    FairLock lock = FairLock.of(node.client, request("f"));
    return () -> new Wish("turn", lock.acquireAsync(patience(node)));
  }

  @Override
  String problem(List<Claim> held) {
    return held.size() > 1 ? "more than one has the turn" : null;
  }
}
