package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;
import java.util.concurrent.CompletableFuture;

/** What callbacks and listeners of users do at their worst, where the scenario says so. */
final class Anger {
  private static final int ONE_IN = 3;

  private final SimulatedWorld world;

  Anger(SimulatedWorld world) {
    this.world = world;
  }

  /** Throws an error, now and then. The last thing that a callback does. */
  void mayThrow() {
    if (isRoused()) {
      world.happened("angry: errors thrown");
      if (world.random.nextBoolean()) {
        throw new AssertionError("a user's callback asserts");
      }
      throw new StackOverflowError("a user's callback does not end");
    }
  }

  /** Closes the client from inside a callback, now and then. */
  void mayCloseClient(Story story, Node node) {
    if (isRoused() && world.chance(4)) {
      world.happened("angry: clients closed");
      story.closeClient(node);
    }
  }

  /** Closes a lock from inside the callback that tells of its loss, now and then. */
  void mayCloseLost(Hold hold) {
    if (isRoused()) {
      world.happened("angry: lost locks closed");
      hold.asksToClose(world.now());
      CompletableFuture<Void> unused = hold.lock.closeAsync();
    }
  }

  /** Whether the user does now what he does at his worst. */
  boolean isRoused() {
    return world.threatens(Hazard.ANGRY_CALLBACKS) && world.chance(ONE_IN);
  }
}
