package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many locks of one client. */
final class Many {
  private static final int THREADS = 16;
  private static final Duration UNLIMITED = Duration.ofDays(1);

  private Many() {}

  /** Acquires so many locks, by several threads. */
  static List<Held> acquire(Locker locker, String measure, String contender, int count)
      throws InterruptedException, ExecutionException {
    return acquire(locker, measure, contender, count, UNLIMITED);
  }

  /** Acquires so many locks, or fewer if time runs out. */
  static List<Held> acquire(
      Locker locker, String measure, String contender, int count, Duration limit)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + limit.toNanos();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<Held>>> parts = new ArrayList<>();
      for (int part = 0; part < THREADS; part++) {
        int first = part;
        parts.add(
            threads.submit(
                () -> {
                  List<Held> held = new ArrayList<>();
                  for (int i = first; i < count && System.nanoTime() < end; i += THREADS) {
                    held.add(locker.acquire(Keys.of(measure, contender, i)));
                  }
                  return held;
                }));
      }
      List<Held> held = new ArrayList<>(count);
      for (Future<List<Held>> part : parts) {
        held.addAll(part.get());
      }
      return held;
    } finally {
      threads.shutdown();
    }
  }

  /** How many of them are held now. */
  static long held(List<Held> locks) {
    return locks.stream().filter(Held::isHeld).count();
  }

  /** Lets time pass; what is measured happens meanwhile. */
  static void pause(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }
}
