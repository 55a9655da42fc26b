package io.github.batonlock.simulation;

import io.github.batonlock.internal.virtual.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * The executor of one process's callbacks, which throws instead of taking a task: one task in
 * twenty, and all tasks during an outage. In half of the outages the process can make no threads
 * either.
 */
final class UnreliableExecutor {
  private static final int ONE_TASK_IN = 20;
  static final Duration LONGEST_OUTAGE = Duration.ofSeconds(2);

  /** How long after an outage a task that was refused may wait for its next try. */
  private static final long RETRY = Duration.ofMillis(1_200).toNanos();

  private final SimulatedWorld world;
  private final List<Shortage> shortages = new ArrayList<>();
  private long outageUntil;
  private boolean noThreads;

  /** A time in which callbacks may have waited for a thread. */
  private record Shortage(long from, long to) {}

  UnreliableExecutor(SimulatedWorld world, Machine machine) {
    this.world = world;
    if (world.scenario.has(Scenario.Hazard.EXECUTORS)) {
      machine.beforeCallback(this::offered);
      machine.beforeThread(this::threadWanted);
    }
  }

  /** Begins an outage, now and then. */
  void mayFail(int oneIn) {
    if (world.threatens(Scenario.Hazard.EXECUTORS) && world.chance(oneIn)) {
      fail();
    }
  }

  /** Begins an outage. */
  void fail() {
    outageUntil = world.now() + world.upTo(LONGEST_OUTAGE).toNanos();
    noThreads = world.random.nextBoolean();
    world.happened(noThreads ? "executors: outages without threads" : "executors: outages");
    if (noThreads) {
      shortages.add(new Shortage(world.now(), outageUntil + RETRY));
    }
  }

  /** Whether callbacks may have waited for a thread at some time of this. */
  boolean hadNoThread(long from, long to) {
    return shortages.stream().anyMatch(each -> each.to() >= from && each.from() <= to);
  }

  private boolean isOut() {
    return world.now() < outageUntil;
  }

  private void offered() {
    boolean isRefused =
        isOut() || (world.threatens(Scenario.Hazard.EXECUTORS) && world.chance(ONE_TASK_IN));
    if (isRefused) {
      world.happened("executors: tasks refused");
      switch (world.random.nextInt(3)) {
        case 0 -> throw new RejectedExecutionException("the queue is full");
        case 1 -> throw new IllegalStateException("the executor of the user's is broken");
        default -> throw new AssertionError("the executor of the user's asserts");
      }
    }
  }

  private void threadWanted() {
    if (noThreads && isOut()) {
      world.happened("executors: threads refused");
      throw new OutOfMemoryError("unable to create native thread");
    }
  }
}
