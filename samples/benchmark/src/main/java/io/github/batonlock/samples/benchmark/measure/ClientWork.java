package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.jmh.CpuProfiler;
import io.github.batonlock.samples.benchmark.jmh.PairBenchmark;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Ratio;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The processor time and the memory that a lock client itself needs for a pair. */
public final class ClientWork implements Measure {
  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final double BYTES_PER_KB = 1024;
  private static final double CPU_GOAL_MICROS = 15;
  private static final double ALLOCATION_GOAL_KB = 7;

  /** What a pair takes: microseconds, microseconds, KB. */
  private record Work(double wall, double cpu, double allocated) {
    static Work of(RunResult result) {
      return new Work(
          result.getPrimaryResult().getScore(),
          secondary(result, CpuProfiler.LABEL),
          secondary(result, ALLOCATED) / BYTES_PER_KB);
    }

    private static double secondary(RunResult result, String label) {
      return result.getSecondaryResults().get(label).getScore();
    }

    Work minus(Work other) {
      return new Work(wall - other.wall, cpu - other.cpu, allocated - other.allocated);
    }
  }

  @Override
  public String name() {
    return "work";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Options options =
        new OptionsBuilder()
            .include(PairBenchmark.class.getName())
            .forks(1)
            .warmupIterations(lab.scale().pick(1, 10))
            .warmupTime(TimeValue.seconds(lab.scale().pick(1, 2)))
            .measurementIterations(lab.scale().pick(1, 5))
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .addProfiler(CpuProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    Map<PairBenchmark.Kind, Work> work = new EnumMap<>(PairBenchmark.Kind.class);
    for (RunResult result : results) {
      work.put(PairBenchmark.Kind.valueOf(result.getParams().getParam("kind")), Work.of(result));
    }
    return describe(
        work.get(PairBenchmark.Kind.RAW),
        work.get(PairBenchmark.Kind.BATON),
        work.get(PairBenchmark.Kind.METERED),
        work.get(PairBenchmark.Kind.AWSLABS));
  }

  private static Section describe(Work raw, Work baton, Work metered, Work awslabs) {
    Table table =
        new Table("a pair, table in memory", "time", "CPU time, all threads", "allocated");
    row(table, "two raw writes", raw);
    row(table, "Baton", baton);
    row(table, "Baton, with metrics", metered);
    row(table, "awslabs", awslabs);
    Work own = baton.minus(raw);
    row(table, "Baton beyond two raw writes", own);
    return new Section("The client's own work")
        .text(
            """
            Acquire and release with a table in memory behind the SDK's interface, so without HTTP \
            and without the SDK's marshalling; measured by JMH. The SDK's own part of a real call \
            is many times larger.\
            """)
        .table(table)
        .ratio(
            Ratio.below(
                "CPU time of a pair, table in memory",
                "beyond two raw writes",
                own.cpu,
                CPU_GOAL_MICROS,
                "us"))
        .ratio(
            Ratio.below(
                "memory allocated by a pair, table in memory",
                "beyond two raw writes",
                own.allocated,
                ALLOCATION_GOAL_KB,
                "KB"));
  }

  private static void row(Table table, String name, Work work) {
    table.row(
        name,
        Figures.plain(work.wall) + " us",
        Figures.plain(work.cpu) + " us",
        Figures.plain(work.allocated) + " KB");
  }
}
