package io.github.batonlock.samples.migration;

import io.github.batonlock.LockTable;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Four hosts with the awslabs client are replaced by hosts with Baton, one by one, while all of
 * them work; then back again. On each way one host is killed while it holds the lock.
 */
final class Migration {
  private static final int HOSTS = 4;

  /** For the start of a JVM, a dead holder's lease, and a busy machine. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Timeline timeline = new Timeline();
  private final URI endpoint;
  private final Deque<HostProcess> running = new ArrayDeque<>();
  private final List<HostProcess> all = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private Duration longestAfterKill = Duration.ZERO;

  private Migration(URI endpoint) {
    this.endpoint = endpoint;
  }

  public static void main(String[] args) throws Exception {
    List<String> faults;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Locker.TABLE);
      Counter counter = new Counter(dynamoDb);
      counter.createTable();
      Migration migration = new Migration(engine.endpoint());
      migration.run();
      migration.audit(counter.read());
      faults = migration.faults;
    }
    faults.forEach(fault -> System.err.println("NOT AS PROMISED: " + fault));
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private void run() throws IOException, InterruptedException {
    for (int i = 0; i < HOSTS; i++) {
      start("awslabs");
    }
    for (HostProcess host : running) {
      awaitTurn(host, 0);
    }
    timeline.add("all", "have had the lock; the migration begins");
    replaceAll("baton");
    timeline.add("all", "run Baton; the way back begins");
    replaceAll("awslabs");
    for (HostProcess host : running) {
      stop(host);
    }
  }

  private void replaceAll(String client) throws IOException, InterruptedException {
    for (int i = 0; i < HOSTS; i++) {
      if (i == 1) {
        kill(running.removeFirst());
      } else {
        stop(running.removeFirst());
      }
      awaitTurn(start(client), 0);
    }
  }

  private HostProcess start(String client) throws IOException {
    HostProcess host = HostProcess.start("host-" + (all.size() + 1), client, endpoint);
    all.add(host);
    running.addLast(host);
    timeline.add("sample", "starts " + host);
    return host;
  }

  private void awaitTurn(HostProcess host, int before) throws InterruptedException {
    if (!host.awaitTurnAfter(before, LIMIT)) {
      faults.add(host + " did not get the lock within " + Timeline.show(LIMIT));
    }
  }

  private void stop(HostProcess host) throws InterruptedException {
    if (!host.stop(LIMIT)) {
      faults.add(host + " did not end in order");
    }
    timeline.add("sample", "has stopped " + host + " after " + host.turns() + " turns");
  }

  /** Until another host works again, a lease passes. */
  private void kill(HostProcess host) throws InterruptedException {
    if (!host.killAsHolder(LIMIT)) {
      faults.add(host + " did not get the lock once more");
    }
    timeline.add("sample", "has killed " + host + ", the holder (kill -9)");
    Duration killed = timeline.elapsed();
    HostProcess next = running.getFirst();
    awaitTurn(next, next.turns());
    Duration took = timeline.elapsed().minus(killed);
    timeline.add("sample", "sees " + next + " work again, " + Timeline.show(took) + " later");
    longestAfterKill = took.compareTo(longestAfterKill) > 0 ? took : longestAfterKill;
  }

  private void audit(long counted) {
    int turns = 0;
    int ofBaton = 0;
    int refused = 0;
    List<Long> tokens = new ArrayList<>();
    for (HostProcess host : all) {
      turns += host.turns();
      ofBaton += host.client().equals("baton") ? host.turns() : 0;
      tokens.addAll(host.tokens());
      refused += host.refused();
    }
    if (counted != turns) {
      faults.add("two hosts at a time: " + turns + " turns, but the counter says " + counted);
    }
    if (tokens.size() != tokens.stream().distinct().count()) {
      faults.add("two turns had the same fencing token");
    }
    System.out.printf(
        "%n%d turns, %d of awslabs and %d of Baton; the counter says %d.%n"
            + "Late writes that the fencing token kept out: %d.%n"
            + "A killed holder's lock was in use again after at most %s (lease %s).%n",
        turns,
        turns - ofBaton,
        ofBaton,
        counted,
        refused,
        Timeline.show(longestAfterKill),
        Timeline.show(Locker.LEASE));
  }
}
