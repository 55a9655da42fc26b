package io.github.batonlock.simulation;

import io.github.batonlock.recipe.SharedExclusiveLock;
import java.util.List;

/** Readers, and now and then a writer. */
final class ReadersStory extends PossessionStory {
  private static final String WRITE = "write";
  private final int maxReaders;

  ReadersStory(SimulatedWorld world) {
    super(world);
    maxReaders = world.random.nextInt(1, 4);
  }

  @Override
  Tool tool(Node node) {
    SharedExclusiveLock lock = SharedExclusiveLock.of(node.client, request("rw"), maxReaders);
    return patience ->
        world.chance(4)
            ? new Wish(WRITE, lock.acquireExclusiveAsync(patience))
            : new Wish("read", lock.acquireSharedAsync(patience));
  }

  /** A reader looks whether the gate is held, and observes a permit. */
  @Override
  int mostObservedWithoutWaiting() {
    return 2;
  }

  @Override
  String problem(List<Claim> held) {
    boolean writes = held.stream().anyMatch(claim -> claim.what().equals(WRITE));
    if (writes && held.size() > 1) {
      return "a writer is not alone";
    }
    return held.size() > maxReaders ? "more than " + maxReaders + " readers" : null;
  }
}
