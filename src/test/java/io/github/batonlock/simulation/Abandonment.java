package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** How users end the futures that they were given, before the library does. */
final class Abandonment {
  /** What a user completes a future with, as one of the ways. */
  static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Abandoned() {
      super("the user does not want it any more", null, false, false);
    }
  }

  private Abandonment() {}

  /** Whether a user ends the future that he is given now. */
  static boolean strikes(SimulatedWorld world) {
    return world.threatens(Hazard.ABANDONED) && world.chance(3);
  }

  /** Completes a future in some way; nothing happens to one that is complete. */
  static void end(SimulatedWorld world, CompletableFuture<?> future) {
    String way =
        switch (world.random.nextInt(4)) {
          case 0 -> future.cancel(world.random.nextBoolean()) ? "cancelled" : null;
          case 1 -> future.complete(null) ? "completed with null" : null;
          // As orTimeout does, whose clock is no part of the world.
          case 2 -> future.completeExceptionally(new TimeoutException()) ? "timed out" : null;
          default -> future.completeExceptionally(new Abandoned()) ? "failed" : null;
        };
    if (way != null) {
      world.happened("abandoned: futures " + way);
    }
  }

  /** Whether a future failed so because its user has ended it. */
  static boolean isCauseOf(Throwable failure) {
    return failure instanceof TimeoutException || failure instanceof Abandoned;
  }
}
