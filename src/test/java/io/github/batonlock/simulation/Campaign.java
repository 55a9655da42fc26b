package io.github.batonlock.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.batonlock.simulation.Simulation.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Many schedules, one seed after another, until one fails. */
public final class Campaign {
  private final Story.Kind kind;
  private final long first;
  private final long schedules;
  private final int threads;

  /**
   * What came of it.
   *
   * @param schedules how many were run
   * @param seconds how long that took
   * @param tally what happened in them
   * @param failure the one that failed, the lowest seed of those seen; null for none
   */
  record Result(long schedules, double seconds, Tally tally, @Nullable Outcome failure) {}

  /** Seeds from {@code first} on, so many of them, so many at a time. */
  Campaign(Story.Kind kind, long first, long schedules, int threads) {
    this.kind = kind;
    this.first = first;
    this.schedules = schedules;
    this.threads = threads;
  }

  Result run() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.batonlock");
    Level before = logger.getLevel();
    // What the library warns of is what the worlds are made of.
    logger.setLevel(Level.OFF);
    try {
      return runQuietly();
    } finally {
      logger.setLevel(before);
    }
  }

  private Result runQuietly() {
    AtomicLong next = new AtomicLong(first);
    AtomicLong done = new AtomicLong();
    AtomicReference<@Nullable Outcome> failure = new AtomicReference<>();
    Tally tally = new Tally(new TreeMap<>());
    long began = System.nanoTime();
    IntStream.range(0, threads)
        .mapToObj(number -> new Thread(() -> work(next, done, failure, tally)))
        .peek(Thread::start)
        .toList()
        .forEach(Campaign::join);
    return new Result(done.get(), (System.nanoTime() - began) / 1e9, tally, failure.get());
  }

  /**
   * For a mutant, whose classes are loaded beside the real ones: what one schedule breaks.
   *
   * @param kind of story, by its name
   * @param seed of the schedule
   * @return by checker, in the order of time, the first violation; empty if nothing is broken
   */
  public static Map<String, String> violations(String kind, long seed) {
    Map<String, String> first = new LinkedHashMap<>();
    for (Violation violation : Simulation.run(Story.Kind.valueOf(kind), seed).violations()) {
      first.putIfAbsent(violation.checker(), violation.toString());
    }
    return first;
  }

  private void work(
      AtomicLong next, AtomicLong done, AtomicReference<@Nullable Outcome> failure, Tally tally) {
    long seed = next.getAndIncrement();
    while (seed < first + schedules && failure.get() == null) {
      Outcome outcome = Simulation.run(kind, seed);
      done.incrementAndGet();
      synchronized (tally) {
        tally.add(outcome.tally());
      }
      if (!outcome.violations().isEmpty()) {
        failure.accumulateAndGet(
            outcome, (a, b) -> a == null || a.seed() > outcome.seed() ? outcome : a);
      }
      seed = next.getAndIncrement();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
