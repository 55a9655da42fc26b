package io.github.batonlock.samples.benchmark.jmh;

import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.RawWrites;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.StubTable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An acquisition and a release on a table in memory: only the lock client's own work. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PairBenchmark {

  /** The lock clients. */
  public enum Kind {
    /** Two raw writes. */
    RAW,
    /** Baton. */
    BATON,
    /** Baton, with all meters. */
    METERED,
    /** The client of awslabs. */
    AWSLABS;

    private Contender contender() {
      return switch (this) {
        case RAW -> new RawWrites();
        case BATON -> Baton.OWN;
        case METERED -> Baton.METERED;
        case AWSLABS -> Awslabs.DEFAULT;
      };
    }
  }

  /** Which one is measured. */
  @Param public Kind kind;

  private Locker locker;

  /** Starts the client. */
  @Setup
  public void open() {
    locker = kind.contender().open(new StubTable(), "locks", Timing.DEFAULT);
  }

  /** Ends the client. */
  @TearDown
  public void close() throws IOException {
    locker.close();
  }

  /** A pair. */
  @Benchmark
  public void pair() throws Exception {
    locker.acquire("reports/2026-11").release();
  }
}
