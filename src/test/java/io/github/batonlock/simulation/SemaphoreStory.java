package io.github.batonlock.simulation;

import io.github.batonlock.recipe.CountedSemaphore;
import java.util.List;

/** Workers who want one of a few permits. */
final class SemaphoreStory extends PossessionStory {
  private final int permits;

  SemaphoreStory(SimulatedWorld world) {
    super(world);
    permits = world.random.nextInt(1, 4);
  }

  @Override
  Tool tool(Node node) {
    CountedSemaphore semaphore = CountedSemaphore.of(node.client, request("s"), permits);
    return patience -> new Wish("permit", semaphore.acquireAsync(patience));
  }

  @Override
  String lineOf(String what) {
    return what;
  }

  @Override
  String problem(List<Claim> held) {
    return held.size() > permits ? held.size() + " of " + permits + " permits are held" : null;
  }
}
