package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.RawWrites;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The hand-off between two threads that share a client, next to one raw write. */
public final class Relay implements Measure {
  private static final double GOAL = 1.3;

  /** Before each: for the waiter to have begun waiting. */
  private static final Duration QUEUEING = Duration.ofMillis(10);

  /** An acquired lock and when the acquisition returned. */
  private record Acquired(Held held, long at) {}

  @Override
  public String name() {
    return "relay";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Requests requests = new Requests();
    String table = lab.store().table();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (DynamoDbClient dynamoDb = lab.store().connect(requests);
        Locker baton = Baton.OWN.open(dynamoDb, table, Timing.DEFAULT);
        DynamoDbClient rawDynamoDb = lab.store().connect();
        Locker raw = new RawWrites().open(rawDynamoDb, table, Timing.DEFAULT)) {
      pass(baton, raw, thread, lab.scale().pick(30, 200), new Latencies(), new Latencies());
      Latencies gaps = new Latencies();
      Latencies writes = new Latencies();
      Counts before = requests.counts();
      pass(baton, raw, thread, lab.scale().pick(50, 400), gaps, writes);
      return describe(gaps, writes, requests.counts().since(before));
    } finally {
      thread.shutdown();
    }
  }

  private static void pass(
      Locker baton, Locker raw, ExecutorService thread, int times, Latencies gaps, Latencies writes)
      throws Exception {
    String key = Keys.of("relay", "Baton", 0);
    String rawKey = Keys.of("relay", "raw", 0);
    Held held = baton.acquire(key);
    for (int i = 0; i < times; i++) {
      Future<Acquired> next =
          thread.submit(() -> new Acquired(baton.acquire(key), System.nanoTime()));
      Many.pause(QUEUEING);
      long released = System.nanoTime();
      held.release();
      Acquired acquired = next.get();
      gaps.add(acquired.at - released);
      held = acquired.held;
      // As long as the handoff has: a processor that has slept is slower.
      Many.pause(QUEUEING);
      long start = System.nanoTime();
      Held row = raw.acquire(rawKey);
      writes.add(System.nanoTime() - start);
      row.release();
    }
    held.release();
  }

  private static Section describe(Latencies gaps, Latencies writes, Counts counts) {
    return new Section("Hand-off within a client")
        .text(
            """
            Two threads share a client and one lock: from the call of one's release to the return \
            of the other's acquisition, %s times, in turns with one raw conditional write, which \
            the caller's own thread sends. The hand-off takes longer because it wakes two threads, \
            the sending thread and the waiter's, on processors that have slept."""
                .formatted(Figures.plain(gaps.count())))
        .table(
            new Table("", "p50", "p90", "p99")
                .row(row("one raw write", writes))
                .row(row("Baton, release to acquired", gaps)))
        .text("Requests a hand-off: %s.".formatted(Figures.plain(counts.total() / gaps.count())))
        .ratio(
            Ratio.atMost(
                "hand-off between two threads of one client, p50",
                "one raw write",
                gaps.median() / writes.median(),
                GOAL));
  }

  private static String[] row(String name, Latencies times) {
    return new String[] {
      name,
      Figures.millis(times.median()),
      Figures.millis(times.percentile(90)),
      Figures.millis(times.percentile(99))
    };
  }
}
