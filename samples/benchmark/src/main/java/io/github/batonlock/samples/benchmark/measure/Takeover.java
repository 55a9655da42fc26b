package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.Scale;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.Cutoff;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.report.Bars;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** How long after the end of a dead holder's lease a waiter has the lock. */
public final class Takeover implements Measure {
  private static final int HEARTBEATS_SEEN = 5;
  private static final double OVERHEAD_GOAL = 0.25;
  private static final double REQUESTS_GOAL = 1;

  /** The holders die one after the other over this time, in all phases of their heartbeats. */
  private static final Duration DYING = Timing.DEFAULT.heartbeat();

  @Override
  public String name() {
    return "takeover";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Timing timing = lab.scale() == Scale.FULL ? Timing.DEFAULT : Timing.SHORT;
    Line baton = new Line(Baton.OWN, timing);
    Line awslabs = new Line(Awslabs.DEFAULT, timing);
    List<Line> lines = List.of(baton, awslabs);
    ExecutorService threads = Executors.newFixedThreadPool(lines.size());
    try {
      // Most of the time nothing happens, so that they are not in each other's way.
      List<Future<?>> runs = new ArrayList<>();
      for (Line line : lines) {
        runs.add(threads.submit(() -> line.run(lab)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
    Table table =
        new Table(
            "",
            "beyond the lease p50",
            "p90",
            "takeovers",
            "reads/s a waiter",
            "writes/s a waiter");
    Bars bars = Bars.linear("takeover", "Takeover: time beyond the dead holder's lease, p50");
    for (Line line : lines) {
      Counts rate = line.counts.per(line.waited);
      table.row(
          line.contender.name(),
          Figures.millis(line.beyond.median()),
          Figures.millis(line.beyond.percentile(90)),
          Figures.plain(line.beyond.count()),
          Figures.plain(rate.reads()),
          Figures.plain(rate.writes()));
      bars.bar(line.contender.name(), line.beyond.median(), Figures.millis(line.beyond.median()));
    }
    return new Section("Takeover")
        .text(
            """
            Holders are cut off from the table while others wait, at a %s. The waiters have waited \
            for %d heartbeats or more by then; both contenders wait at the same time, for locks of \
            their own. The measured time runs from the sending of the last heartbeat that was \
            applied to the return of the waiter's acquisition, less the lease. The waiter's \
            requests in that time are counted, too."""
                .formatted(timing, HEARTBEATS_SEEN))
        .table(table)
        .plot(bars)
        .ratio(
            Ratio.atMost(
                "takeover, time beyond the lease, p50",
                "awslabs",
                baton.beyond.median() / awslabs.beyond.median(),
                OVERHEAD_GOAL))
        .ratio(
            Ratio.atMost(
                "takeover, requests a second of a waiter",
                "awslabs",
                baton.requestRate() / awslabs.requestRate(),
                REQUESTS_GOAL));
  }

  /** One contender and what was measured of it. */
  private static final class Line {
    final Contender contender;
    private final Timing timing;
    final Latencies beyond = new Latencies();
    Counts counts = new Counts(0, 0, 0);
    double waited;

    Line(Contender contender, Timing timing) {
      this.contender = contender;
      this.timing = timing;
    }

    double requestRate() {
      return counts.total() / waited;
    }

    Void run(Lab lab) throws Exception {
      int holders = lab.scale().pick(6, 32);
      List<Victim> victims = new ArrayList<>();
      Requests requests = new Requests();
      ExecutorService threads = Executors.newCachedThreadPool();
      try (DynamoDbClient dynamoDb = lab.store().connect(requests);
          Locker waiters = contender.open(dynamoDb, lab.store().table(), timing)) {
        List<Future<Long>> takeovers = new ArrayList<>();
        for (int i = 0; i < holders; i++) {
          String key = Keys.of("takeover", contender.name(), i);
          victims.add(new Victim(lab, contender, timing, key));
          takeovers.add(threads.submit(acquisition(waiters, key)));
        }
        Many.pause(timing.heartbeat().multipliedBy(HEARTBEATS_SEEN));
        for (Victim victim : victims) {
          Many.pause(DYING.dividedBy(holders));
          victim.cutoff.cut(true);
        }
        for (int i = 0; i < holders; i++) {
          long silent = takeovers.get(i).get() - victims.get(i).cutoff.lastWrite();
          beyond.add(silent - timing.lease().toNanos());
        }
        counts = requests.counts();
        return null;
      } finally {
        threads.shutdown();
        for (Victim victim : victims) {
          victim.close();
        }
      }
    }

    /**
     * Waits for a lock, and returns when it had it. Begins in any phase of the holder's heartbeats:
     * a waiter that looks as often as the holder renews stays in its phase.
     */
    private Callable<Long> acquisition(Locker locker, String key) {
      long phase = ThreadLocalRandom.current().nextLong(timing.heartbeat().toNanos());
      return () -> {
        Many.pause(Duration.ofNanos(phase));
        long start = System.nanoTime();
        locker.acquire(key);
        long end = System.nanoTime();
        addWait(end - start);
        return end;
      };
    }

    private synchronized void addWait(long nanos) {
      waited += nanos / 1e9;
    }
  }

  /** A holder that will be cut off. */
  private static final class Victim implements AutoCloseable {
    final Cutoff cutoff = new Cutoff();
    private final DynamoDbClient dynamoDb;
    private final Locker locker;

    Victim(Lab lab, Contender contender, Timing timing, String key) throws Exception {
      dynamoDb = lab.store().connect(cutoff);
      locker = contender.open(dynamoDb, lab.store().table(), timing);
      locker.acquire(key);
    }

    @Override
    public void close() throws IOException {
      cutoff.cut(false);
      locker.close();
      dynamoDb.close();
    }
  }
}
