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
    int count = count(lab);
    Table table = new Table("", "bytes a held lock");
    table.row("Baton, own leases", Figures.plain(median(lab, Baton.OWN)));
    table.row("Baton, shared lease", Figures.plain(median(lab, Baton.SHARED)));
    table.row("awslabs", Figures.plain(median(lab, Awslabs.DEFAULT)));
    return new Section("Memory")
        .text(
            """
            The heap used after a garbage collection, with and without %s held locks, divided \
            by their number; the median of %d. The lock's key, about %d characters, is part of \
            it; the table, in memory here, is not."""
                .formatted(
                    Figures.plain(count), rounds(lab), Keys.of("heap", "Baton", count).length()))
        .table(table);
  }

  private static int count(Lab lab) {
    return lab.scale().pick(10_000, 50_000);
  }

  private static int rounds(Lab lab) {
    return lab.scale().pick(1, 3);
  }

  private static double median(Lab lab, Contender contender) throws Exception {
    Latencies bytes = new Latencies();
    for (int round = 0; round < rounds(lab); round++) {
      bytes.add(measure(contender, count(lab)));
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
