package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** DynamoDB: one row after another changed, every change remembered, old states shown to reads. */
final class SimulatedTable {
  private static final Timeouts UNUSED = new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
  private static final ItemCodec CODEC = new ItemCodec("key", null);

  private final SimulatedWorld world;
  private final InMemoryLockStore rows = new InMemoryLockStore();
  private final Map<LockKey, List<State>> past = new LinkedHashMap<>();

  /** How long ago the state may be that an eventually consistent read shows, in nanoseconds. */
  private long staleness;

  private boolean transactions = true;
  private boolean silent;

  private record State(long since, @Nullable Map<String, AttributeValue> row) {}

  SimulatedTable(SimulatedWorld world) {
    this.world = world;
    rows.setMostItemBytes(world.scenario.mostItemBytes());
    rows.setMostCandidates(world.scenario.bounds().of(Bound.CONDITION_VERSIONS));
  }

  void staleness(Duration staleness) {
    this.staleness = staleness.toNanos();
  }

  /** Answers to failed conditions carry no item from now on. */
  void sendNoItems() {
    silent = true;
  }

  /** Whether the table has transactions from now on. */
  void transactions(boolean transactions) {
    if (this.transactions != transactions) {
      world.happened(transactions ? "transactions: regained" : "transactions: lost");
    }
    this.transactions = transactions;
    rows.setTransactions(transactions);
  }

  /** What an answer says of the item that made a condition fail. */
  private StoredItem against(StoredItem item) {
    if (!silent) {
      return item;
    }
    world.happened("conditions: failed without an item");
    return StoredItem.UNKNOWN;
  }

  /**
   * One attempt to write.
   *
   * @param isRetry whether the SDK has sent the same before, which its answer tells
   */
  WriteAnswer write(Send send, boolean isRetry) {
    LockWrite write = send.write();
    WriteAnswer answer = answerTo(send);
    if (answer.applied()) {
      changed(write.key(), describe(send), send);
    } else {
      world.trace(() -> describe(send) + " rejected by " + world.history.row(write.key()));
    }
    return new WriteAnswer(
        answer.applied(),
        answer.applied() ? answer.item() : against(answer.item()),
        isRetry,
        dateFor(send.node()),
        answer.asked(),
        answer.waiting());
  }

  /** Complete at once. No client of ours sends what the table refuses whatever the row. */
  private WriteAnswer answerTo(Send send) {
    try {
      return rows.write(send.write(), UNUSED).join();
    } catch (CompletionException e) {
      String why = e.getCause().toString();
      if (world.scenario.has(Scenario.Hazard.FULL_ITEMS) && why.contains("Item size")) {
        world.happened("writes for which an item has no room");
      } else {
        world.history.violated("requests", world.now(), describe(send) + ": " + why);
      }
      throw e;
    }
  }

  /** All or none of several grants. */
  GrantsAnswer writeAll(List<Send> sends) {
    GrantsAnswer answer = rows.grantAll(sends.stream().map(Send::write).toList(), UNUSED).join();
    for (int i = 0; i < sends.size(); i++) {
      Send send = sends.get(i);
      if (answer.applied()) {
        changed(send.write().key(), describe(send), send);
      } else if (answer.against().get(i) != null) {
        LockKey key = send.write().key();
        world.trace(() -> describe(send) + " rejected with others by " + world.history.row(key));
      }
    }
    return answer.applied() ? answer : new GrantsAnswer(false, against(answer.against()));
  }

  private List<@Nullable StoredItem> against(List<@Nullable StoredItem> items) {
    List<@Nullable StoredItem> told = new ArrayList<>();
    for (StoredItem item : items) {
      told.add(item == null ? null : against(item));
    }
    return told;
  }

  List<StoredItem> readAll(List<LockKey> keys) {
    return rows.readAll(keys, UNUSED).join();
  }

  private static String describe(Send send) {
    return send.node()
        + " "
        + send.write().getClass().getSimpleName()
        + " of "
        + send.write().key();
  }

  ReadAnswer read(Node node, LockKey key, boolean consistent) {
    Map<String, AttributeValue> row = rows.row(key);
    if (!consistent && staleness > 0 && world.random.nextBoolean()) {
      row = stateAt(key, world.now() - world.random.nextLong(staleness));
    }
    return new ReadAnswer(CODEC.decode(row), dateFor(node));
  }

  private @Nullable Map<String, AttributeValue> stateAt(LockKey key, long at) {
    List<State> states = past.getOrDefault(key, List.of());
    for (int i = states.size() - 1; i >= 0; i--) {
      if (states.get(i).since <= at) {
        return states.get(i).row;
      }
    }
    return null;
  }

  /** Somebody else than our clients puts a row, or removes it. */
  void put(LockKey key, String by, @Nullable Map<String, AttributeValue> row) {
    if (row == null) {
      rows.removeRow(key);
    } else {
      rows.putRow(key, row);
    }
    changed(key, by, null);
  }

  @Nullable Map<String, AttributeValue> row(LockKey key) {
    return rows.row(key);
  }

  /** Of all rows that there are or were, sessions among them, in the order of their making. */
  List<LockKey> keys() {
    return List.copyOf(past.keySet());
  }

  /** A state that the row once had; null if it has none but the present one. */
  @Nullable Map<String, AttributeValue> someOldRow(LockKey key) {
    List<State> states = past.getOrDefault(key, List.of());
    return states.size() < 2
        ? null
        : asRestored(states.get(world.random.nextInt(states.size() - 1)).row);
  }

  /** Operators who put an item back remove what it said of its version's time. */
  private static @Nullable Map<String, AttributeValue> asRestored(
      @Nullable Map<String, AttributeValue> row) {
    if (row == null) {
      return null;
    }
    Map<String, AttributeValue> restored = new HashMap<>(row);
    restored.remove(LockAttributes.SENT_BEFORE);
    return restored;
  }

  private void changed(LockKey key, String by, @Nullable Send send) {
    Map<String, AttributeValue> after = rows.row(key);
    past.computeIfAbsent(key, unused -> new ArrayList<>()).add(new State(world.now(), after));
    List<Long> monotonic = new ArrayList<>(world.history.nodes.size());
    for (Node node : world.history.nodes) {
      monotonic.add(node.machine.nanoTime());
    }
    Row before = world.history.row(key);
    int number = world.history.commits.size();
    Commit commit =
        new Commit(number, world.now(), key, by, send, before, Row.of(after), monotonic);
    world.trace(commit::toString);
    world.history.committed(commit);
  }

  /** Deletes what is released and past its time to live. */
  void expire(LockKey key) {
    Map<String, AttributeValue> row = rows.row(key);
    AttributeValue ttl = row == null ? null : row.get("ttl");
    if (ttl != null && Long.parseLong(ttl.n()) < serverMillis() / 1_000) {
      put(key, "time to live", null);
    }
  }

  private long serverMillis() {
    return VirtualTime.EPOCH + Duration.ofNanos(world.now()).toMillis();
  }

  private @Nullable Instant dateFor(Node node) {
    if (world.random.nextInt(20) == 0) {
      return null;
    }
    return Instant.ofEpochSecond((serverMillis() + errorOfHostOf(node)) / 1_000);
  }

  /**
   * Each process is answered by one of three hosts: one is early, one is right, and one is late. A
   * process that meets hosts which differ takes it for a clock of its own that stood still.
   */
  private long errorOfHostOf(Node node) {
    Duration error = world.scenario.tableClockError();
    return error == null ? 0 : (node.number % 3 - 1) * error.toMillis();
  }
}
