package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.StubTable;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;

/** How much memory a held lock takes. */
public final class HeapPerLock implements Measure {
  private static final int ROUNDS = 3;
  private static final int COLLECTIONS = 3;
  private static final Duration BETWEEN_COLLECTIONS = Duration.ofMillis(100);

  /** So long that nothing is renewed while memory is measured. */
  private static final Timing QUIET = new Timing(Duration.ofHours(2), Duration.ofMinutes(20));

  @Override
  public String name() {
    return "heap";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    int count = lab.scale().pick(10_000, 50_000);
    Table table = new Table("", "bytes a held lock");
    table.row("Baton, own leases", Figures.plain(median(Baton.OWN, count)));
    table.row("Baton, shared lease", Figures.plain(median(Baton.SHARED, count)));
    table.row("awslabs", Figures.plain(median(Awslabs.DEFAULT, count)));
    return new Section("Memory")
        .text(
            """
            The heap used after a garbage collection, with and without %s held locks, divided by \
            their number; the median of %d times. The lock's key, about %d characters, is part of \
            it; the table, in memory here, is not."""
                .formatted(Figures.plain(count), ROUNDS, Keys.of("heap", "Baton", count).length()))
        .table(table);
  }

  private static double median(Contender contender, int count) throws Exception {
    Latencies bytes = new Latencies();
    for (int round = 0; round < ROUNDS; round++) {
      bytes.add(measure(contender, count));
    }
    return bytes.median();
  }

  private static long measure(Contender contender, int count) throws Exception {
    StubTable table = new StubTable();
    try (Locker locker = contender.open(table, "locks", QUIET)) {
      long before = used();
      List<Held> locks = Many.acquire(locker, "heap", contender.name(), count);
      table.close();
      long after = used();
      return (after - before) / locks.size();
    }
  }

  private static long used() throws InterruptedException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Many.pause(BETWEEN_COLLECTIONS);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
