package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.contender.Awslabs;
import io.github.batonlock.samples.benchmark.contender.Baton;
import io.github.batonlock.samples.benchmark.contender.Contender;
import io.github.batonlock.samples.benchmark.contender.Locker;
import io.github.batonlock.samples.benchmark.contender.Timing;
import io.github.batonlock.samples.benchmark.dynamo.ChildJvm;
import io.github.batonlock.samples.benchmark.dynamo.Counts;
import io.github.batonlock.samples.benchmark.dynamo.Requests;
import io.github.batonlock.samples.benchmark.dynamo.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A process that works through shifts, one line of input each. */
final class ShiftProcess implements AutoCloseable {
  private static final String END = "end";
  private static final String READY = "ready";

  private final ChildJvm jvm;

  private ShiftProcess(ChildJvm jvm) {
    this.jvm = jvm;
  }

  static ShiftProcess start(Store store) throws IOException {
    return new ShiftProcess(
        ChildJvm.start(
            List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            ShiftProcess.class,
            store.toArguments()));
  }

  /** Waits until the process is warm. */
  void awaitStart() throws IOException {
    while (!jvm.receive().equals(READY)) {
      // It says nothing else before.
    }
  }

  /** Hands out work. */
  void begin(Shift shift) {
    jvm.send(shift.toLine());
  }

  /** What came of the work handed out. */
  Shift.Outcome await() throws IOException {
    String[] counts = jvm.receive().split(" ");
    List<Turn> turns = new ArrayList<>();
    for (String line = jvm.receive(); !line.equals(END); line = jvm.receive()) {
      turns.add(Turn.ofLine(line));
    }
    return new Shift.Outcome(
        turns,
        new Counts(
            Double.parseDouble(counts[0]),
            Double.parseDouble(counts[1]),
            Double.parseDouble(counts[2])));
  }

  @Override
  public void close() {
    jvm.close();
  }

  /** The process: its arguments are a store. */
  public static void main(String[] args) throws Exception {
    Store store = Store.ofArguments(List.of(args));
    Requests requests = new Requests();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (DynamoDbClient dynamoDb = store.connect(requests)) {
      warmUp(dynamoDb, store.table());
      System.out.println(READY);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Shift.Outcome outcome = Shift.ofLine(line).work(dynamoDb, requests, store.table());
        Counts counts = outcome.counts();
        System.out.println(
            counts.writes() + " " + counts.consistentReads() + " " + counts.eventualReads());
        outcome.turns().forEach(turn -> System.out.println(turn.toLine()));
        System.out.println(END);
      }
    }
  }

  private static void warmUp(DynamoDbClient dynamoDb, String table) throws Exception {
    for (Contender contender : List.of(Baton.OWN, Awslabs.DEFAULT)) {
      try (Locker locker = contender.open(dynamoDb, table, Timing.DEFAULT)) {
        String process = "process-" + ProcessHandle.current().pid();
        locker.acquire(Keys.of(process, contender.name(), 0)).release();
      }
    }
  }
}
