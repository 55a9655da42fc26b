package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.Scale;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.DistantTable;
import io.github.batonlock.samples.benchmark.report.Bars;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** How many locks one client can hold without losing any. */
public final class HeartbeatCapacity implements Measure {
  private static final double OWN_GOAL = 20;
  private static final double SHARED_GOAL = 1000;

  /** A client that is too busy renewing to acquire more will not do better by waiting. */
  private static final Duration ACQUIRING_LIMIT = Duration.ofSeconds(90);

  @Override
  public String name() {
    return "capacity";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Scale scale = lab.scale();
    Timing timing = scale == Scale.QUICK ? Timing.SHORTEST : Timing.HALF;
    int trials = scale.pick(1, 2);
    Ladder awslabs =
        Ladder.climb(
            scale.pick(100, 1_000), trials, count -> onStub(lab, Awslabs.DEFAULT, timing, count));
    Ladder own =
        Ladder.climb(
            scale.pick(1_000, 20_000), trials, count -> onStub(lab, Baton.OWN, timing, count));
    int enough = (int) Math.max(scale.pick(20_000, 200_000), SHARED_GOAL * awslabs.best());
    Ladder shared = Ladder.climb(enough, 1, count -> onStub(lab, Baton.SHARED, timing, count));
    Section section = describeStub(timing, awslabs, own, shared);
    return describeTable(
        section,
        Ladder.climb(2_000, scale.pick(1, 2), count -> onTable(lab, Awslabs.DEFAULT, count)),
        Ladder.climb(2_000, scale.pick(1, 2), count -> onTable(lab, Baton.OWN, count)));
  }

  private long onStub(Lab lab, Contender contender, Timing timing, int count) throws Exception {
    try (DistantTable dynamoDb = DistantTable.acquiringAtOnce(lab.slowStub().connect());
        Locker locker = contender.open(dynamoDb, lab.slowStub().table(), timing)) {
      long kept = hold(lab, locker, contender, timing, count);
      dynamoDb.answerAllFromMemory(); // The rest is not measured.
      return kept;
    }
  }

  private long onTable(Lab lab, Contender contender, int count) throws Exception {
    try (DynamoDbClient dynamoDb = lab.store().connect();
        Locker locker = contender.open(dynamoDb, lab.store().table(), Timing.SHORT)) {
      return hold(lab, locker, contender, Timing.SHORT, count);
    }
  }

  private long hold(Lab lab, Locker locker, Contender contender, Timing timing, int count)
      throws Exception {
    List<Held> locks = Many.acquire(locker, "capacity", contender.name(), count, ACQUIRING_LIMIT);
    Many.pause(timing.lease().multipliedBy(2));
    long kept = Many.held(locks);
    lab.say("  %s kept %d of %d".formatted(contender.name(), kept, count));
    return kept;
  }

  private static Section describeStub(Timing timing, Ladder awslabs, Ladder own, Ladder shared) {
    Section section =
        new Section("Heartbeat capacity")
            .text(
                """
                The largest number of locks of one client that were all still held two leases \
                after the last one was acquired. First with a table that answers every heartbeat \
                after 5 ms, under any load (a stub; %s; the acquisitions before that are answered \
                from memory, to save time):"""
                    .formatted(timing));
    Table table = new Table("", "locks kept", "tried");
    Bars bars = Bars.logarithmic("capacity", "Locks that one client keeps, table 5 ms away");
    row(table, bars, "awslabs", awslabs);
    row(table, bars, "Baton, own leases", own);
    row(table, bars, "Baton, shared lease", shared);
    section.table(table).plot(bars);
    String what = "locks one client keeps, table 5 ms away, ";
    double base = awslabs.best();
    return section
        .ratio(Ratio.atLeast(what + "own leases", "awslabs", own.best() / base, OWN_GOAL))
        .ratio(Ratio.atLeast(what + "shared lease", "awslabs", shared.best() / base, SHARED_GOAL));
  }

  private static Section describeTable(Section section, Ladder awslabs, Ladder own) {
    Table table = new Table("", "locks kept", "tried");
    table.row("awslabs", awslabs.describe(), awslabs.trials());
    table.row("Baton, own leases", own.describe(), own.trials());
    return section
        .text(
            """
            Then on the table itself (%s). A DynamoDB Local on the same cores is soon the limit \
            for all; a shared lease does not depend on the table, since it is one write an \
            interval."""
                .formatted(Timing.SHORT))
        .table(table);
  }

  private static void row(Table table, Bars bars, String name, Ladder ladder) {
    table.row(name, ladder.describe(), ladder.trials());
    bars.bar(name, ladder.best(), ladder.describe());
  }
}
