package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.RawWrites;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.DistantTable;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.dynamo.SdkTime;
import io.github.batonlock.samples.benchmark.report.Bars;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.io.IOException;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The time and the requests of an acquisition and a release when nobody else wants the lock. */
public final class UncontendedPair implements Measure {
  /** Next to two raw writes, and next to awslabs. */
  private record Goals(double floor, double awslabs) {
    static final Goals LOCAL = new Goals(1.15, 0.9);
    static final Goals DISTANT = new Goals(1.03, 0.77);
  }

  /** Two writes, and no read, against two and one. */
  private static final double REQUESTS_GOAL = 0.67;

  /** Meters cost at most 5 %. */
  private static final double METRICS_GOAL = 1.05;

  private static final int KEYS = 16;
  private static final int PAIRS_PER_ROUND = 25;

  @Override
  public String name() {
    return "uncontended";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Section section = new Section("Acquire and release, uncontended");
    try (Line raw = Line.sync(lab, new RawWrites());
        Line baton = Line.sync(lab, Baton.OWN);
        Line metered = Line.sync(lab, Baton.METERED);
        Line async = Line.async(lab);
        Line awslabs = Line.sync(lab, Awslabs.DEFAULT)) {
      List<Line> lines = List.of(raw, baton, metered, async, awslabs);
      takeTurns(lines, lab.scale().pick(4, 120), lab.scale().pick(8, 60));
      describe(section, "on the table", lines);
      compare(section, "uncontended", raw, baton, awslabs, Goals.LOCAL);
      compareMetered(section, "uncontended", baton, metered);
      section.ratio(
          Ratio.atMost(
              "requests of an acquisition and a release",
              "awslabs",
              baton.counts().total() / awslabs.counts().total(),
              REQUESTS_GOAL));
      section.text(explanation(raw, baton));
    }
    try (Line raw = Line.distant(lab, new RawWrites());
        Line baton = Line.distant(lab, Baton.OWN);
        Line metered = Line.distant(lab, Baton.METERED);
        Line awslabs = Line.distant(lab, Awslabs.DEFAULT)) {
      List<Line> lines = List.of(raw, baton, metered, awslabs);
      takeTurns(lines, lab.scale().pick(1, 4), lab.scale().pick(2, 16));
      describe(section, "on a table 5 ms away (a stub)", lines);
      compare(section, "uncontended, table 5 ms away", raw, baton, awslabs, Goals.DISTANT);
      compareMetered(section, "uncontended, table 5 ms away", baton, metered);
    }
    return section;
  }

  private static void takeTurns(List<Line> lines, int warmUp, int rounds) throws Exception {
    for (int round = 0; round < warmUp + rounds; round++) {
      if (round == warmUp) {
        lines.forEach(Line::forget);
      }
      for (Line line : lines) {
        line.round();
      }
    }
  }

  private static void describe(Section section, String where, List<Line> lines) {
    Line raw = lines.get(0);
    Table table =
        new Table(
            "",
            "p50",
            "p90",
            "p99",
            "p50 to two raw writes",
            "inside the SDK p50",
            "writes a pair",
            "reads a pair");
    Bars bars =
        Bars.linear(
            where.contains("stub") ? "uncontended-distant" : "uncontended",
            "Acquire and release, uncontended, %s: p50".formatted(where));
    for (Line line : lines) {
      Counts counts = line.counts().per(line.pairs.count());
      table.row(
          line.name,
          Figures.millis(line.pairs.median()),
          Figures.millis(line.pairs.percentile(90)),
          Figures.millis(line.pairs.percentile(99)),
          Figures.times(line.pairs.median() / raw.pairs.median()),
          Figures.millis(line.inSdk.median()),
          Figures.plain(counts.writes()),
          Figures.plain(counts.reads()));
      bars.bar(line.name, line.pairs.median(), Figures.millis(line.pairs.median()));
    }
    section
        .text(
            "One thread, one lock after another, %s, %s pairs each, in turns of %d:"
                .formatted(where, Figures.plain(raw.pairs.count()), PAIRS_PER_ROUND))
        .table(table)
        .plot(bars);
  }

  private static void compare(
      Section section, String how, Line raw, Line baton, Line awslabs, Goals goals) {
    String what = "acquire and release, " + how + ", p50";
    section
        .ratio(
            Ratio.atMost(
                what, "two raw writes", baton.pairs.median() / raw.pairs.median(), goals.floor()))
        .ratio(
            Ratio.atMost(
                what, "awslabs", baton.pairs.median() / awslabs.pairs.median(), goals.awslabs()));
  }

  private static void compareMetered(Section section, String how, Line baton, Line metered) {
    section.ratio(
        Ratio.atMost(
            "acquire and release, with metrics, " + how + ", p50",
            "without",
            metered.pairs.median() / baton.pairs.median(),
            METRICS_GOAL));
  }

  private static String explanation(Line raw, Line baton) {
    double more = baton.pairs.median() - raw.pairs.median();
    double inSdk = baton.inSdk.median() - raw.inSdk.median();
    return """
    Of the %s that Baton takes longer than two raw writes, %s pass inside the SDK and the \
    table: its writes count tokens and return the item. With the synchronous SDK client the \
    caller's own thread sends the requests, so no thread is woken. With the asynchronous one, \
    each operation wakes two threads.\
    """
        .formatted(Figures.millis(more), Figures.millis(inSdk));
  }

  /** One contender and what was measured of it. */
  private static final class Line implements AutoCloseable {
    final String name;
    private final Requests requests;
    private final SdkTime sdkTime;
    private final Locker locker;
    private final SdkAutoCloseable dynamoDb;
    private int next;
    private Counts before = new Counts(0, 0, 0);
    private Latencies pairs = new Latencies();
    private Latencies inSdk = new Latencies();

    private Line(
        String name, Requests requests, SdkTime sdkTime, Locker locker, SdkAutoCloseable dynamoDb) {
      this.name = name;
      this.requests = requests;
      this.sdkTime = sdkTime;
      this.locker = locker;
      this.dynamoDb = dynamoDb;
    }

    static Line sync(Lab lab, Contender contender) {
      Requests requests = new Requests();
      SdkTime sdkTime = new SdkTime();
      DynamoDbClient dynamoDb = lab.store().connect(requests, sdkTime);
      Locker locker = contender.open(dynamoDb, lab.store().table(), Timing.DEFAULT);
      return new Line(contender.name(), requests, sdkTime, locker, dynamoDb);
    }

    static Line distant(Lab lab, Contender contender) {
      Requests requests = new Requests();
      SdkTime sdkTime = new SdkTime();
      DynamoDbClient dynamoDb = DistantTable.over(lab.slowStub().connect(requests, sdkTime));
      Locker locker = contender.open(dynamoDb, lab.slowStub().table(), Timing.DEFAULT);
      return new Line(contender.name(), requests, sdkTime, locker, dynamoDb);
    }

    static Line async(Lab lab) {
      Requests requests = new Requests();
      SdkTime sdkTime = new SdkTime();
      DynamoDbAsyncClient dynamoDb = lab.store().connectAsync(requests, sdkTime);
      Locker locker = Baton.OWN.open(dynamoDb, lab.store().table(), Timing.DEFAULT);
      return new Line("Baton, asynchronous SDK client", requests, sdkTime, locker, dynamoDb);
    }

    void round() throws Exception {
      for (int i = 0; i < PAIRS_PER_ROUND; i++) {
        String key = Keys.of("uncontended", name, next++ % KEYS);
        sdkTime.take();
        long start = System.nanoTime();
        locker.acquire(key).release();
        pairs.add(System.nanoTime() - start);
        inSdk.add(sdkTime.take());
      }
    }

    /** What was measured up to now was for warming up. */
    void forget() {
      before = requests.counts();
      pairs = new Latencies();
      inSdk = new Latencies();
    }

    Counts counts() {
      return requests.counts().since(before);
    }

    @Override
    public void close() throws IOException {
      locker.close();
      dynamoDb.close();
    }
  }
}
