package io.github.batonlock.samples.partitions;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockTable;
import io.github.batonlock.recipe.group.Group;
import io.github.batonlock.recipe.group.GroupChange;
import io.github.batonlock.recipe.group.Member;
import io.github.batonlock.samples.common.LocalEngine;
import io.github.batonlock.samples.common.Timeline;
import io.github.batonlock.samples.partitions.Results.Entry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Four processes share out 64 partitions; one is killed, and the others share out what it had. The
 * parent only looks on, kills, and checks in the table what the workers did.
 */
final class Partitions {
  private static final List<String> NAMES = List.of("alice", "bob", "carol", "dave");
  private static final String VICTIM = "dave";

  /** How much longer than two leases it may take: a heartbeat, polls, and a busy machine. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final Duration LIMIT = Worker.LEASE.multipliedBy(2).plus(SLACK);
  private static final Duration SHARING_LIMIT = Duration.ofSeconds(30);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  /** Something went otherwise than promised. */
  private static final class BrokenPromiseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenPromiseException(String message) {
      super(message);
    }
  }

  private final Timeline timeline = new Timeline();
  private final URI endpoint;
  private final Results results;
  private final Map<String, WorkerProcess> workers = new TreeMap<>();
  private Map<String, Integer> shown = Map.of();

  private Partitions(URI endpoint, Results results) {
    this.endpoint = endpoint;
    this.results = results;
  }

  public static void main(String[] args) throws Exception {
    int exitCode = 0;
    try (LocalEngine engine = LocalEngine.start();
        DynamoDbClient dynamoDb = LocalEngine.connect(engine.endpoint())) {
      LockTable.createIfMissing(dynamoDb, Worker.LOCKS);
      Results results = new Results(dynamoDb);
      results.createTable();
      new Partitions(engine.endpoint(), results).run(dynamoDb);
    } catch (BrokenPromiseException e) {
      System.err.println("NOT AS PROMISED: " + e.getMessage());
      exitCode = 1;
    }
    // Exits, because DynamoDB Local leaves threads behind.
    System.exit(exitCode);
  }

  private void run(DynamoDbClient dynamoDb) throws Exception {
    try (LockClient client = Worker.client(dynamoDb, "parent");
        Group group = Group.builder(client, Worker.GROUP).onChange(this::show).open()) {
      timeline.add("parent", "looks at " + group);
      shareOut();
      Set<Integer> orphans = partitionsOf(VICTIM);
      workers.get(VICTIM).kill();
      long killedAt = System.currentTimeMillis();
      timeline.add("parent", "kills " + VICTIM + " (kill -9), which had " + orphans.size());
      Map<Integer, Long> tokens = tokens(orphans);
      workers.remove(VICTIM);
      awaitShares(LIMIT.plus(SLACK));
      timeline.add("parent", "all partitions are worked on as the list of members says");
      writeLate(tokens);
      lookOn(A_WHILE);
      finish();
      audit(orphans, killedAt);
    }
  }

  private void shareOut() throws Exception {
    timeline.add(
        "parent",
        Assignment.PARTITIONS
            + " partitions; lease "
            + Timeline.show(Worker.LEASE)
            + ", heartbeat every "
            + Timeline.show(Worker.HEARTBEAT));
    for (String name : NAMES) {
      timeline.add("parent", "starts " + name);
      workers.put(name, WorkerProcess.start(name, endpoint, timeline));
      awaitShares(SHARING_LIMIT);
    }
    timeline.add("parent", "all partitions are worked on as the list of members says");
    lookOn(A_WHILE);
  }

  private void show(GroupChange change) {
    show("joined", change.joined());
    show("left", change.left());
    show("failed", change.failed());
  }

  private void show(String what, List<Member> members) {
    if (!members.isEmpty()) {
      String ids = members.stream().map(Member::id).collect(Collectors.joining(", "));
      timeline.add("group", what + ": " + ids);
    }
  }

  /** Waits until each partition's last unit of work is that of the member that it belongs to. */
  private void awaitShares(Duration limit) throws InterruptedException {
    Duration end = timeline.elapsed().plus(limit);
    Set<Integer> missing = look();
    while (!missing.isEmpty()) {
      if (timeline.elapsed().compareTo(end) > 0) {
        throw new BrokenPromiseException(
            "After " + Timeline.show(limit) + " not worked on by whom they belong to: " + missing);
      }
      Thread.sleep(250);
      missing = look();
    }
  }

  private void lookOn(Duration time) throws InterruptedException {
    Duration end = timeline.elapsed().plus(time);
    while (timeline.elapsed().compareTo(end) < 0) {
      Thread.sleep(250);
      Set<Integer> unused = look();
    }
  }

  /** Shows who has how many; returns which do not have the worker that they should have. */
  private Set<Integer> look() {
    for (WorkerProcess worker : workers.values()) {
      if (!worker.isAlive()) {
        throw new BrokenPromiseException(worker.name() + " has ended by itself");
      }
    }
    Map<Integer, Entry> last = last();
    Map<String, Integer> counts = new TreeMap<>();
    last.values().forEach(entry -> counts.merge(entry.worker(), 1, Integer::sum));
    if (!counts.equals(shown)) {
      shown = counts;
      timeline.add(
          "shares",
          counts.entrySet().stream()
              .map(share -> share.getKey() + " " + share.getValue())
              .collect(Collectors.joining("   ")));
    }
    Set<Integer> missing = new TreeSet<>();
    for (int partition = 0; partition < Assignment.PARTITIONS; partition++) {
      Entry entry = last.get(partition);
      String owner = Assignment.ownerOf(partition, workers.keySet()).orElseThrow();
      if (entry == null || !entry.worker().equals(owner) || !entry.isWork()) {
        missing.add(partition);
      }
    }
    return missing;
  }

  /** The last entry of each partition. */
  private Map<Integer, Entry> last() {
    Map<Integer, Entry> last = new TreeMap<>();
    results
        .read()
        .forEach((partition, entries) -> last.put(partition, entries.get(entries.size() - 1)));
    return last;
  }

  private Set<Integer> partitionsOf(String worker) {
    Set<Integer> partitions = new TreeSet<>();
    last()
        .forEach(
            (partition, entry) -> {
              if (entry.worker().equals(worker)) {
                partitions.add(partition);
              }
            });
    return partitions;
  }

  private Map<Integer, Long> tokens(Set<Integer> partitions) {
    Map<Integer, Long> tokens = new TreeMap<>();
    last()
        .forEach(
            (partition, entry) -> {
              if (partitions.contains(partition)) {
                tokens.put(partition, entry.token());
              }
            });
    return tokens;
  }

  /** As if writes of the killed worker had been on their way all the time. */
  private void writeLate(Map<Integer, Long> tokens) {
    List<Integer> taken = new ArrayList<>();
    tokens.forEach(
        (partition, token) -> {
          long now = System.currentTimeMillis();
          if (results.add(partition, new Entry(token, VICTIM, now, now))) {
            taken.add(partition);
          }
        });
    if (!taken.isEmpty()) {
      throw new BrokenPromiseException("The table took late writes of " + VICTIM + ": " + taken);
    }
    timeline.add(
        "table", "refuses late writes of " + VICTIM + " to all " + tokens.size() + " it had");
  }

  private void finish() throws Exception {
    for (WorkerProcess worker : workers.values()) {
      if (!worker.finish(LIMIT)) {
        throw new BrokenPromiseException(worker.name() + " did not end in order");
      }
      timeline.add(worker.name(), "has finished, released and left");
    }
  }

  private void audit(Set<Integer> orphans, long killedAt) {
    Audit audit = new Audit(results.read());
    Duration took = audit.checkTakenOver(orphans, VICTIM, killedAt, LIMIT);
    if (!audit.faults().isEmpty()) {
      throw new BrokenPromiseException(
          audit.faults().size()
              + " faults in what the table took:"
              + audit.faults().stream().limit(10).collect(Collectors.joining("\n- ", "\n- ", "")));
    }
    System.out.println();
    System.out.println(
        String.join(
            System.lineSeparator(),
            "As promised:",
            "- "
                + audit.units()
                + " units of work, "
                + audit.handOvers()
                + " times by another"
                + " worker than the last one; never two at a time on a partition.",
            "- The fencing tokens of the writes that the table took never went down.",
            "- All partitions of the killed worker were worked on again "
                + Timeline.show(took)
                + " after the kill (two leases: "
                + Timeline.show(Worker.LEASE.multipliedBy(2))
                + ").",
            "- Its late writes were refused by the table."));
  }
}
