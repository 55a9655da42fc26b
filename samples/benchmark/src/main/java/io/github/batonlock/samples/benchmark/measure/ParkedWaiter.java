package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Prices;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What holding and waiting cost, when the lock is held all the time. */
public final class ParkedWaiter implements Measure {
  private static final int HELD_LOCKS = 20;
  private static final int CROWD = 64;
  private static final Duration SETTLING = Duration.ofSeconds(4);
  private static final double SECONDS_PER_HOUR = 3600;

  @Override
  public String name() {
    return "parked";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Duration time = lab.scale().pickSeconds(5, 25);
    Yard baton = new Yard(lab, Baton.OWN);
    Yard awslabs = new Yard(lab, Awslabs.DEFAULT);
    Many.pause(SETTLING);
    baton.start();
    awslabs.start();
    Many.pause(time);
    baton.stop(time);
    awslabs.stop(time);
    baton.leave();
    awslabs.leave();
    return describe(time, baton, awslabs);
  }

  private static Section describe(Duration time, Yard baton, Yard awslabs) {
    Table requests =
        new Table(
            "requests an hour",
            "a held lock",
            "a waiter",
            "%d waiters in a process".formatted(CROWD));
    Table prices = new Table("USD a month", "a held lock", "a waiter");
    for (Yard yard : List.of(baton, awslabs)) {
      requests.row(
          yard.name, describe(yard.holding), describe(yard.waiting), describe(yard.crowding));
      prices.row(
          yard.name,
          Prices.usd(Prices.monthly(yard.holding)),
          Prices.usd(Prices.monthly(yard.waiting)));
    }
    return new Section("Holding and waiting")
        .text(
            """
            The lock is held all the time (%s). The requests are counted for %d s, after the first \
            quick looks, and multiplied to an hour."""
                .formatted(Timing.DEFAULT, time.toSeconds()))
        .table(requests)
        .text("The same as money: " + Prices.BASIS)
        .table(prices)
        .ratio(
            Ratio.of(
                "price of a waiter",
                "awslabs",
                Prices.monthly(baton.waiting) / Prices.monthly(awslabs.waiting)))
        .ratio(
            Ratio.of(
                "requests of %d waiters of one process for one lock".formatted(CROWD),
                "one waiter",
                baton.crowding.total() / baton.waiting.total()));
  }

  private static String describe(Counts perHour) {
    List<String> parts = new ArrayList<>();
    if (perHour.writes() > 0) {
      parts.add(Figures.plain(perHour.writes()) + " writes");
    }
    if (perHour.consistentReads() > 0) {
      parts.add(Figures.plain(perHour.consistentReads()) + " consistent reads");
    }
    if (perHour.eventualReads() > 0) {
      parts.add(Figures.plain(perHour.eventualReads()) + " reads");
    }
    return parts.isEmpty() ? "none" : String.join(", ", parts);
  }

  /** One contender's holder, its lone waiter, and its crowd. */
  private static final class Yard {
    final String name;
    Counts holding;
    Counts waiting;
    Counts crowding;
    private final Party holder;
    private final Party waiter;
    private final Party crowd;
    private final List<Held> held;

    Yard(Lab lab, Contender contender) throws Exception {
      name = contender.name();
      holder = new Party(lab, contender);
      waiter = new Party(lab, contender);
      crowd = new Party(lab, contender);
      held = Many.acquire(holder.locker, "parked", name, HELD_LOCKS);
      waiter.await(Keys.of("parked", name, 0), 1);
      crowd.await(Keys.of("parked", name, 1), CROWD);
    }

    void start() {
      List.of(holder, waiter, crowd).forEach(Party::start);
    }

    void stop(Duration time) {
      double hours = time.toSeconds() / SECONDS_PER_HOUR;
      holding = holder.sent().per(hours * HELD_LOCKS);
      waiting = waiter.sent().per(hours);
      crowding = crowd.sent().per(hours);
    }

    /** Lets all have the lock, since a waiter of awslabs cannot be told to stop. */
    void leave() throws Exception {
      for (Held lock : held) {
        lock.release();
      }
      waiter.close();
      crowd.close();
      holder.close();
    }
  }

  /** A client of its own. */
  private static final class Party {
    final Requests requests = new Requests();
    final Locker locker;
    private final DynamoDbClient dynamoDb;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> waits = new ArrayList<>();
    private Counts before;

    Party(Lab lab, Contender contender) {
      dynamoDb = lab.store().connect(requests);
      locker = contender.open(dynamoDb, lab.store().table(), Timing.DEFAULT);
    }

    void await(String key, int waiters) {
      for (int i = 0; i < waiters; i++) {
        waits.add(
            threads.submit(
                () -> {
                  locker.acquire(key).release();
                  return null;
                }));
      }
    }

    void start() {
      before = requests.counts();
    }

    Counts sent() {
      return requests.counts().since(before);
    }

    void close() throws Exception {
      for (Future<?> wait : waits) {
        wait.get();
      }
      threads.shutdown();
      locker.close();
      dynamoDb.close();
    }
  }
}
