package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Traffic.Mode;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** One direction of all connections of a proxy. Safe for use by many threads. */
final class Direction {
  private final RandomGenerator random;
  private Traffic traffic = Traffic.PASS;

  Direction(RandomGenerator random) {
    this.random = random;
  }

  /** Changes what happens from now on, also to the bytes that are held back. */
  synchronized void set(Traffic changed) {
    traffic = changed;
    notifyAll();
  }

  /** Returns when the fate of these bytes is certain: they pass, are lost, or end it. */
  synchronized Mode decide(int bytes) throws InterruptedException {
    long began = System.nanoTime();
    double dice = random.nextDouble();
    while (true) {
      Traffic now = traffic;
      switch (now.mode()) {
        case STALL -> wait();
        case SLOW -> {
          long late = TimeUnit.MILLISECONDS.toNanos(lateness(now, bytes, dice));
          long left = began + late - System.nanoTime();
          if (left <= 0) {
            return Mode.PASS;
          }
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        case PASS, LOSE, END -> {
          return now.mode();
        }
      }
    }
  }

  private static long lateness(Traffic traffic, int bytes, double dice) {
    long limit = traffic.bytesPerSecond();
    long transfer = limit == 0 ? 0 : 1000L * bytes / limit;
    return traffic.delayMillis() + (long) (dice * traffic.jitterMillis()) + transfer;
  }
}
