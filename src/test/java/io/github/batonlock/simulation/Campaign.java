package io.github.batonlock.simulation;

import io.github.batonlock.simulation.ChunkRun.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Many schedules of one kind of story, one seed after another, until one fails, all are done, or
 * time is up. Workers take chunks of them and bring back what came of each. Any thread.
 *
 * <p>Chunks are taken in the order of their seeds, and one that was taken is finished: the lowest
 * seed that fails is found, however many workers there are.
 */
public final class Campaign {
  /** Few enough that workers end together, and many enough that they rarely ask. */
  private static final int CHUNK = 20;

  private final Story.Kind kind;
  private final long end;
  private final long began = System.nanoTime();
  private final Duration limit;
  private final Tally tally = new Tally(new TreeMap<>());
  private final List<Worker> workers = new ArrayList<>();
  private long next;
  private @Nullable Failed failure;

  /**
   * What came of it.
   *
   * @param schedules how many were run
   * @param seconds how long that took
   * @param byWorker how many of them each worker ran
   * @param tally what happened in them
   * @param failure the one that failed, the lowest seed of those seen; null for none
   */
  record Result(
      long schedules, double seconds, List<Long> byWorker, Tally tally, @Nullable Failed failure) {}

  /**
   * A campaign, whose time begins now.
   *
   * @param kind of the stories
   * @param first seed
   * @param schedules at most
   * @param limit how long it may take; no chunk is taken after that
   */
  Campaign(Story.Kind kind, long first, long schedules, Duration limit) {
    this.kind = kind;
    this.next = first;
    this.end = first + schedules;
    this.limit = limit;
  }

  /** One of those that run the schedules, each in a thread or a JVM of its own. */
  final class Worker {
    private long schedules;

    private Worker() {}

    /** What to run next; null if there is nothing. */
    @Nullable Chunk take() {
      synchronized (Campaign.this) {
        boolean isOver =
            failure != null || next == end || System.nanoTime() - began > limit.toNanos();
        if (isOver) {
          return null;
        }
        Chunk chunk = new Chunk(kind, next, (int) Math.min(CHUNK, end - next));
        next += chunk.schedules();
        return chunk;
      }
    }

    /** What came of what was taken. */
    void brings(ChunkRun run) {
      synchronized (Campaign.this) {
        schedules += run.schedules();
        tally.add(run.tally());
        Failed failed = run.failure();
        if (failed != null && (failure == null || failed.seed() < failure.seed())) {
          failure = failed;
        }
      }
    }
  }

  synchronized Worker worker() {
    Worker worker = new Worker();
    workers.add(worker);
    return worker;
  }

  synchronized Result result() {
    List<Long> byWorker = workers.stream().map(worker -> worker.schedules).toList();
    long schedules = byWorker.stream().mapToLong(Long::longValue).sum();
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Result(schedules, seconds, byWorker, tally, failure);
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
}
