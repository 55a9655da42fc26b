package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.Scale;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.report.Bars;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Prices;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;

/** The time from a release to the next holder's acquisition, and what the waiting costs. */
public final class HandOff implements Measure {
  private static final double GAP_GOAL = 0.5;

  /** One for each of eight waiters, and one for the holder. */
  private static final int PROCESSES = 9;

  private static final long AWSLABS_REFRESH = Duration.ofSeconds(1).toMillis();
  private static final long SHORTEST_REFRESH = 10;
  private static final long LONGEST_REFRESH = 5_000;

  /** Time for all processes to get ready for a shift. */
  private static final long MUSTER = Duration.ofMillis(300).toNanos();

  private static final Duration WARM_UP = Duration.ofSeconds(2);

  /** How many wait for one lock, and how many such locks there are at once, for more samples. */
  private enum Crowd {
    PAIR(2, 8),
    GROUP(8, 4),
    CROWD(64, 1);

    final int waiters;
    final int locks;

    Crowd(int waiters, int locks) {
      this.waiters = waiters;
      this.locks = locks;
    }

    static List<Crowd> of(Scale scale) {
      return scale == Scale.QUICK ? List.of(PAIR) : List.of(values());
    }
  }

  @Override
  public String name() {
    return "handoff";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Section section =
        new Section("Hand-off")
            .text(
                """
                A holder has a lock for 150 to 350 ms, releases it, and waits again when another \
                holder has it, so that all waiters always wait. What is measured begins five \
                seconds after that, when clients know how long holders have the lock. The gap is from the call of one \
                holder's release to the return of the next one's acquisition. A shorter gap can be \
                bought with more requests. So there are two lines for awslabs: looking once a \
                second, which is its default, and looking as often as makes its request rate about \
                Baton's.""");
    Table table =
        new Table(
            "waiters",
            "client",
            "gap p50",
            "p90",
            "hand-offs",
            "requests a hand-off",
            "USD a million hand-offs",
            "longest wait to the mean");
    Bars bars = Bars.linear("handoff", "Hand-off gap, p50");
    try (Crew here = Crew.oneProcess(lab.store())) {
      for (Crowd crowd : Crowd.of(lab.scale())) {
        compare(lab, here, crowd, "in one process", table, bars, section);
      }
    }
    try (Crew others = Crew.processes(lab.store(), PROCESSES)) {
      for (Crowd crowd : Crowd.of(lab.scale())) {
        compare(lab, others, crowd, "in processes of their own", table, bars, section);
      }
    }
    return section
        .table(table)
        .text(
            "64 waiters in processes of their own are %d processes of 7 or 8 waiters each."
                .formatted(PROCESSES))
        .text("The money is for " + Prices.BASIS)
        .plot(bars);
  }

  private void compare(
      Lab lab, Crew crew, Crowd crowd, String where, Table table, Bars bars, Section section)
      throws Exception {
    Path board = Files.createTempFile("benchmark", ".turns");
    board.toFile().deleteOnExit();
    if (crowd == Crowd.PAIR) { // The first shift of a process is for warming up.
      for (long refresh : List.of(0L, AWSLABS_REFRESH)) {
        new Line("warm-up", refresh).round(board, crew, crowd, where, WARM_UP);
      }
    }
    Line baton = new Line("Baton", 0);
    Line awslabs = new Line("awslabs", AWSLABS_REFRESH);
    Line tuned = new Line("awslabs at Baton's request rate", AWSLABS_REFRESH);
    List<Line> lines = List.of(baton, awslabs, tuned);
    for (Line line : lines) {
      line.round(board, crew, crowd, where, lab.scale().pickSeconds(2, 8));
      tuned.refresh = tunedRefresh(baton, awslabs);
    }
    String label = crowd.waiters + " " + where;
    for (Line line : lines) {
      line.describe(label, table);
    }
    lab.say("  " + label);
    bars.bar("Baton, " + label, baton.gaps.median(), Figures.millis(baton.gaps.median()));
    bars.bar("awslabs, same rate", tuned.gaps.median(), Figures.millis(tuned.gaps.median()));
    bars.bar("awslabs", awslabs.gaps.median(), Figures.millis(awslabs.gaps.median()));
    section.ratio(
        Ratio.atMost(
            "hand-off gap, " + label + ", p50",
            "awslabs at Baton's request rate",
            baton.gaps.median() / tuned.gaps.median(),
            GAP_GOAL));
  }

  private static long tunedRefresh(Line baton, Line awslabs) {
    if (awslabs.seconds == 0) {
      return AWSLABS_REFRESH;
    }
    double refresh = AWSLABS_REFRESH * awslabs.rate() / baton.rate();
    return (long) Math.min(LONGEST_REFRESH, Math.max(SHORTEST_REFRESH, refresh));
  }

  /** One client and what was measured of it. */
  private static final class Line {
    final String name;
    final Latencies gaps = new Latencies();
    private final List<Long> waits = new ArrayList<>();
    long refresh;
    double seconds;
    private int rounds;
    private Counts counts = new Counts(0, 0, 0);

    Line(String name, long refresh) {
      this.name = name;
      this.refresh = refresh;
    }

    void round(Path board, Crew crew, Crowd crowd, String where, Duration time) throws Exception {
      List<String> keys = new ArrayList<>();
      for (int lock = 0; lock < crowd.locks; lock++) {
        for (int waiter = 0; waiter <= crowd.waiters; waiter++) {
          String place = "handoff-" + where.replace(' ', '-') + "-" + crowd + "-" + rounds;
          keys.add(Keys.of(place, name, lock));
        }
      }
      long start = System.nanoTime() + MUSTER + Shift.lead(refresh);
      long end = start + time.toNanos();
      Shift.Outcome outcome = crew.work(new Shift(board, refresh, start, end, keys));
      Turn.gaps(outcome.turns(), start, end, gaps::add);
      outcome.turns().stream()
          .filter(turn -> turn.acquired() >= start && turn.acquired() < end)
          .forEach(turn -> waits.add(turn.acquired() - turn.wanted()));
      rounds++;
      counts = counts.plus(outcome.counts());
      seconds += time.toSeconds();
    }

    double rate() {
      return counts.total() / seconds;
    }

    void describe(String label, Table table) {
      table.row(
          label,
          name + (refresh == 0 || refresh == AWSLABS_REFRESH ? "" : " (" + refresh + " ms)"),
          Figures.millis(gaps.median()),
          Figures.millis(gaps.percentile(90)),
          Figures.plain(gaps.count()),
          Figures.plain(counts.total() / gaps.count()),
          Prices.usd(Prices.ofAMillion(counts.per(gaps.count()))),
          Figures.times(longestWait()));
    }

    private double longestWait() {
      LongSummaryStatistics all = waits.stream().mapToLong(Long::longValue).summaryStatistics();
      return all.getMax() / all.getAverage();
    }
  }
}
