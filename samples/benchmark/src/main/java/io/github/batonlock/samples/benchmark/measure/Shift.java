package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Waiters of one client that pass locks on, each holding one for a moment, from a start to an end.
 * A holder waits again when somebody else has the lock, so the next one is always another.
 *
 * @param board where turns are counted
 * @param refreshMillis how often a waiter of awslabs looks; 0 for Baton
 * @param start from when on is measured, by {@link System#nanoTime}; they begin one after the other
 *     some seconds before that, so that they do not look at the same moments
 * @param end when they stop
 * @param keys a lock for each waiter; several waiters may share one
 */
record Shift(Path board, long refreshMillis, long start, long end, List<String> keys) {
  private static final long SHORTEST_HOLD = Duration.ofMillis(150).toNanos();
  private static final long LONGEST_HOLD = Duration.ofMillis(350).toNanos();
  private static final long RELEASE = Duration.ofMillis(500).toNanos();

  /** The time in which clients learn how long holders have the locks, before all is measured. */
  private static final long LEARNING = Duration.ofSeconds(5).toNanos();

  private static final long SHORTEST_SPREAD = Duration.ofSeconds(1).toNanos();

  /**
   * What came of it.
   *
   * @param turns who had which lock when
   * @param counts the requests sent between start and end
   */
  record Outcome(List<Turn> turns, Counts counts) {
    static final Outcome NONE = new Outcome(List.of(), new Counts(0, 0, 0));

    Outcome plus(Outcome other) {
      List<Turn> all = new ArrayList<>(turns);
      all.addAll(other.turns);
      return new Outcome(all, counts.plus(other.counts));
    }
  }

  /** The same for other waiters. */
  Shift with(List<String> otherKeys) {
    return new Shift(board, refreshMillis, start, end, otherKeys);
  }

  /** How long before its start a shift has to be handed out. */
  static long lead(long refreshMillis) {
    return spread(refreshMillis) + LEARNING;
  }

  private static long spread(long refreshMillis) {
    return Math.max(SHORTEST_SPREAD, Duration.ofMillis(refreshMillis).toNanos());
  }

  /** Works through the shift; returns after its end, when every holder has released its lock. */
  Outcome work(DynamoDbClient dynamoDb, Requests requests, String table) throws Exception {
    TurnBoard turnBoard = TurnBoard.open(board);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Locker locker = contender().open(dynamoDb, table, Timing.DEFAULT)) {
      List<Future<List<Turn>>> waiters = new ArrayList<>();
      for (String key : keys) {
        waiters.add(threads.submit(() -> takeTurns(turnBoard, locker, key)));
      }
      sleepUntil(start);
      Counts before = requests.counts();
      sleepUntil(end);
      Counts counts = requests.counts().since(before);
      sleepUntil(end + LONGEST_HOLD + RELEASE);
      threads.shutdownNow(); // Those who wait still.
      List<Turn> turns = new ArrayList<>();
      for (Future<List<Turn>> waiter : waiters) {
        turns.addAll(waiter.get());
      }
      return new Outcome(turns, counts);
    } finally {
      threads.shutdown();
    }
  }

  private Contender contender() {
    return refreshMillis == 0 ? Baton.OWN : Awslabs.looking(Duration.ofMillis(refreshMillis));
  }

  private List<Turn> takeTurns(TurnBoard turnBoard, Locker locker, String key) throws Exception {
    List<Turn> turns = new ArrayList<>();
    try {
      long spread = ThreadLocalRandom.current().nextLong(spread(refreshMillis));
      sleepUntil(start - LEARNING - spread);
      while (System.nanoTime() < end) {
        turns.add(takeTurn(turnBoard, locker, key));
      }
    } catch (Exception e) {
      if (System.nanoTime() < end) {
        throw e;
      } // Interrupted in the middle of a wait or of a request.
    }
    return turns;
  }

  private Turn takeTurn(TurnBoard turnBoard, Locker locker, String key) throws Exception {
    int lock = Keys.numberOf(key);
    long wanted = System.nanoTime();
    Held held = locker.acquire(key);
    long acquired = System.nanoTime();
    long turn = turnBoard.begin(lock);
    sleepUntil(
        Math.min(
            end, acquired + ThreadLocalRandom.current().nextLong(SHORTEST_HOLD, LONGEST_HOLD)));
    long released = System.nanoTime();
    held.release();
    turnBoard.awaitOther(lock, turn, end);
    return new Turn(key, wanted, acquired, released);
  }

  private static void sleepUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
  }

  /** As a line between processes. */
  String toLine() {
    return board + " " + refreshMillis + " " + start + " " + end + " " + String.join(",", keys);
  }

  /** From such a line. */
  static Shift ofLine(String line) {
    String[] parts = line.split(" ");
    return new Shift(
        Path.of(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Long.parseLong(parts[3]),
        List.of(parts[4].split(",")));
  }
}
