package io.github.batonlock.samples.fencing;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import io.github.batonlock.samples.fencing.Documents.Way;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A holder is stopped (SIGSTOP) between its check and its writes, for longer than its lease. The
 * next holder writes; then the stopped one goes on. Needs a machine with signals.
 */
final class FencingDemo {
  private static final Set<Way> PROTECTED = EnumSet.of(Way.STAMPED, Way.GUARDED);

  private final Timeline timeline = new Timeline();
  private final Process alice;
  private final BufferedReader reports;
  private final DynamoDbClient dynamoDb;
  private final Documents documents;

  private FencingDemo(Process alice, DynamoDbClient dynamoDb) {
    this.alice = alice;
    this.reports = alice.inputReader(StandardCharsets.UTF_8);
    this.dynamoDb = dynamoDb;
    this.documents = new Documents(dynamoDb);
  }

  public static void main(String[] args) throws Exception {
    boolean asPromised;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Documents.LOCKS);
      new Documents(dynamoDb).createTable();
      Process alice = startHolder(engine.endpoint().toString());
      Runtime.getRuntime().addShutdownHook(new Thread(alice::destroyForcibly));
      asPromised = new FencingDemo(alice, dynamoDb).show();
    }
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(asPromised ? 0 : 1);
  }

  private static Process startHolder(String endpoint) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            endpoint)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private boolean show() throws Exception {
    timeline.add("alice", report() + ", has checked that, and is about to write");
    signal("STOP");
    timeline.add("demo", "stops alice (SIGSTOP); her lease is " + Timeline.show(Holder.LEASE));
    try (LockClient client = Holder.client(dynamoDb, "bob");
        HeldLock lock = client.acquire(Holder.KEY)) {
      timeline.add("bob", "HOLDS " + lock.fencingToken());
      TransactWriteItem guard = lock.guard();
      for (Way way : Way.values()) {
        boolean taken = documents.write(way, "bob", lock.fencingToken(), guard);
        timeline.add("bob", way + (taken ? " TAKEN" : " REFUSED"));
      }
      signal("CONT");
      timeline.add("demo", "lets alice go on (SIGCONT)");
      return lateWrites();
    }
  }

  /** What becomes of the writes that alice makes now; true if it is as promised. */
  private boolean lateWrites() throws IOException {
    new PrintStream(alice.getOutputStream(), true, StandardCharsets.UTF_8).println("go on");
    boolean asPromised = true;
    for (Way way : Way.values()) {
      String report = report();
      String author = documents.author(way);
      timeline.add("alice", report + ": the " + way + " document is " + author + "'s");
      boolean isProtected = PROTECTED.contains(way);
      asPromised &= report.equals(way + (isProtected ? " REFUSED" : " TAKEN"));
      asPromised &= author.equals(isProtected ? "bob" : "alice");
    }
    System.out.println();
    System.out.println(
        asPromised
            ? "Alice's late writes were refused by DynamoDB, but for the one without protection."
            : "NOT AS PROMISED: see above.");
    return asPromised;
  }

  private String report() throws IOException {
    String line = reports.readLine();
    if (line == null) {
      throw new IOException("alice has ended before her time");
    }
    return line;
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(alice.pid());
    int result = new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor();
    if (result != 0) {
      throw new IOException("kill -" + name + " " + pid + " failed with " + result);
    }
  }
}
