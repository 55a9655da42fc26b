package io.github.batonlock.samples.benchmark;

import io.github.batonlock.LockTable;
import io.github.batonlock.samples.benchmark.dynamo.ChildJvm;
import io.github.batonlock.samples.benchmark.dynamo.LocalEngine;
import io.github.batonlock.samples.benchmark.dynamo.SlowStub;
import io.github.batonlock.samples.benchmark.dynamo.Store;
import io.github.batonlock.samples.benchmark.measure.Batching;
import io.github.batonlock.samples.benchmark.measure.ClientWork;
import io.github.batonlock.samples.benchmark.measure.CloseMany;
import io.github.batonlock.samples.benchmark.measure.HandOff;
import io.github.batonlock.samples.benchmark.measure.HeapPerLock;
import io.github.batonlock.samples.benchmark.measure.HeartbeatCapacity;
import io.github.batonlock.samples.benchmark.measure.Measure;
import io.github.batonlock.samples.benchmark.measure.ParkedWaiter;
import io.github.batonlock.samples.benchmark.measure.Relay;
import io.github.batonlock.samples.benchmark.measure.Takeover;
import io.github.batonlock.samples.benchmark.measure.UncontendedPair;
import io.github.batonlock.samples.benchmark.report.Report;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Measures Baton beside raw writes and beside the lock client of awslabs, and reports. */
public final class Benchmark {
  private static final List<Measure> MEASURES =
      List.of(
          new UncontendedPair(),
          new HeartbeatCapacity(),
          new HandOff(),
          new Relay(),
          new Takeover(),
          new ParkedWaiter(),
          new ClientWork(),
          new CloseMany(),
          new HeapPerLock(),
          new Batching());

  private Benchmark() {}

  public static void main(String[] args) throws Exception {
    Options options = Options.read();
    if (options.store().isPresent()) {
      measure(options, options.store().get());
    } else {
      try (ChildJvm engine = LocalEngine.start()) {
        measure(options, Store.local(LocalEngine.endpointOf(engine), Options.DEFAULT_TABLE));
      }
    }
    System.exit(0); // The SDK's HTTP client for asynchronous calls leaves threads behind.
  }

  private static void measure(Options options, Store store) throws Exception {
    try (DynamoDbClient dynamoDb = store.connect()) {
      LockTable.createIfMissing(dynamoDb, store.table());
    }
    try (ChildJvm stub = SlowStub.start()) {
      Store slow = Store.local(SlowStub.endpointOf(stub), store.table());
      Lab lab = new Lab(options.scale(), store, slow);
      Report report = new Report(options.scale(), store, options.store().isEmpty());
      for (Measure measure : MEASURES) {
        if (options.only().isEmpty() || options.only().contains(measure.name())) {
          long start = System.nanoTime();
          report.add(measure.run(lab));
          lab.say("%s: %d s".formatted(measure.name(), secondsSince(start)));
        }
      }
      report.write(options.folder(), options.publish());
    }
  }

  private static long secondsSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toSeconds();
  }
}
