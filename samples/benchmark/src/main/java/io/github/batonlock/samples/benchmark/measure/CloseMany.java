package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.Lab;
import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Held;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.DistantTable;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.report.Figures;
import io.github.batonlock.samples.benchmark.report.Section;
import io.github.batonlock.samples.benchmark.report.Table;
import java.util.List;

/** How long it takes to close a client that holds many locks. */
public final class CloseMany implements Measure {
  private static final int FEW = 1_000;
  private static final int MANY = 10_000;

  @Override
  public String name() {
    return "close";
  }

  @Override
  public Section run(Lab lab) throws Exception {
    Table table = new Table("", "held locks", "time to close", "requests");
    close(lab, "awslabs", Awslabs.DEFAULT, lab.scale().pick(FEW / 10, FEW), table);
    close(lab, "Baton, own leases", Baton.OWN, FEW, table);
    close(lab, "Baton, own leases", Baton.OWN, MANY, table);
    close(lab, "Baton, shared lease", Baton.SHARED, MANY, table);
    return new Section("Closing a client")
        .text(
            """
            With a table that answers after 5 ms, the stub of the heartbeat capacity (%s; the \
            acquisitions before are answered from memory, to save time). \
            Baton stops after half a lease; a lock it has not released by then is free when its \
            lease ends."""
                .formatted(Timing.DEFAULT))
        .table(table);
  }

  private static void close(Lab lab, String name, Contender contender, int count, Table table)
      throws Exception {
    Requests requests = new Requests();
    try (DistantTable dynamoDb = DistantTable.acquiringAtOnce(lab.slowStub().connect(requests))) {
      Locker locker = contender.open(dynamoDb, lab.slowStub().table(), Timing.DEFAULT);
      List<Held> unused = Many.acquire(locker, "close", name, count);
      double before = requests.counts().total();
      long start = System.nanoTime();
      locker.close();
      table.row(
          name,
          Figures.plain(unused.size()),
          Figures.millis(System.nanoTime() - start),
          Figures.plain(requests.counts().total() - before));
    }
  }
}
