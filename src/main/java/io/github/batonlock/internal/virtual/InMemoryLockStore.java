package io.github.batonlock.internal.virtual;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A lock table in memory, as strict as DynamoDB: the same conditions, and the same limits.
 *
 * <p>It keeps raw rows, which tests may put and look at. Safe for use by many threads, has none of
 * its own: futures are complete when they are returned.
 */
public final class InMemoryLockStore implements LockStore {
  private static final Comparator<LockKey> ORDER =
      Comparator.comparing(LockKey::partitionKey).thenComparing(key -> key.sortKey().orElse(""));

  private static final int MAX_TRANSACTION = 100;

  private final Map<LockKey, Map<String, AttributeValue>> rows = new HashMap<>();
  private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);
  private final String partitionKeyName;
  private final @Nullable String sortKeyName;
  private final ItemCodec codec;

  @GuardedBy("this")
  private int pageSize = 100;

  @GuardedBy("this")
  private int mostCandidates = 100;

  @GuardedBy("this")
  private int mostItemBytes = 400 * 1024;

  @GuardedBy("this")
  private boolean transactions = true;

  @GuardedBy("this")
  private Supplier<@Nullable Instant> serverDate = () -> null;

  /** What is counted. */
  public enum Operation {
    ACQUIRE,
    TAKEOVER,
    HEARTBEAT,
    RELEASE,
    ASK,
    DELETE,
    MARK,
    READ,
    CONSISTENT_READ,
    LIST,
    GRANT_ALL,
    READ_ALL
  }

  /** A table with partition key {@code key}. */
  public InMemoryLockStore() {
    this("key", null);
  }

  /** A table with these key attributes. */
  public InMemoryLockStore(String partitionKeyName, @Nullable String sortKeyName) {
    this.partitionKeyName = partitionKeyName;
    this.sortKeyName = sortKeyName;
    this.codec = new ItemCodec(partitionKeyName, sortKeyName);
  }

  /** Answers carry this date from now on; by default none. */
  public synchronized void setServerDate(Supplier<@Nullable Instant> serverDate) {
    this.serverDate = serverDate;
  }

  /** Pages have this many rows from now on; by default 100. */
  public synchronized void setPageSize(int pageSize) {
    this.pageSize = pageSize;
  }

  /** Conditions may name this many versions from now on; by default 100, as DynamoDB has it. */
  public synchronized void setMostCandidates(int mostCandidates) {
    this.mostCandidates = mostCandidates;
  }

  /** Items may have this many bytes from now on; by default 400 KB, as DynamoDB has it. */
  public synchronized void setMostItemBytes(int mostItemBytes) {
    this.mostItemBytes = mostItemBytes;
  }

  /**
   * Puts a row as it is, with the key's attributes added, as any client or operator may write it.
   */
  public synchronized void putRow(LockKey key, Map<String, AttributeValue> row) {
    Map<String, AttributeValue> whole = new HashMap<>(row);
    whole.putAll(keyAttributes(key));
    rows.put(key, Map.copyOf(whole));
  }

  /** The row as it is, key attributes included; null if there is none. */
  public synchronized @Nullable Map<String, AttributeValue> row(LockKey key) {
    return rows.get(key);
  }

  /** Of all rows, in their order. */
  public synchronized List<LockKey> keys() {
    return rows.keySet().stream().sorted(ORDER).toList();
  }

  /** Removes a row, as an operator or DynamoDB's TTL would. */
  public synchronized void removeRow(LockKey key) {
    rows.remove(key);
  }

  /** How often an operation was called, rejected and refused ones included. */
  public synchronized int count(Operation operation) {
    return counts.getOrDefault(operation, 0);
  }

  /** How many writes were called. */
  public synchronized int writes() {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().compareTo(Operation.DELETE) <= 0)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Starts counting again from zero. */
  public synchronized void resetCounts() {
    counts.clear();
  }

  @Override
  public synchronized CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    counts.merge(operationOf(write), 1, Integer::sum);
    try {
      Map<String, AttributeValue> keyAttributes = keyAttributes(write.key());
      Map<String, AttributeValue> old = rows.get(write.key());
      RowWrites.checkRequest(write, keyAttributes.keySet(), mostCandidates);
      if (!RowWrites.conditionHolds(write, old)) {
        return CompletableFuture.completedFuture(
            new WriteAnswer(false, codec.decodeRefusal(write, old), serverDate.get()));
      }
      Map<String, AttributeValue> next = RowWrites.apply(write, old == null ? keyAttributes : old);
      if (next == null) {
        rows.remove(write.key());
        return CompletableFuture.completedFuture(
            new WriteAnswer(true, StoredItem.UNKNOWN, serverDate.get()));
      }
      RowWrites.checkSize(next, mostItemBytes);
      rows.put(write.key(), Map.copyOf(next));
      StoredItem shown = write.isGrant() ? codec.decode(next) : StoredItem.UNKNOWN;
      boolean brings = RowWrites.bringsRequests(write);
      List<AskedRelease> asked = brings ? RowWrites.asked(next) : List.of();
      AttributeValue list = brings ? next.get("releaseRequest") : null;
      int waiting = list == null || !list.hasL() ? 0 : list.l().size();
      return CompletableFuture.completedFuture(
          new WriteAnswer(true, shown, false, serverDate.get(), asked, waiting));
    } catch (LockStoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized CompletableFuture<ReadAnswer> read(
      LockKey key, boolean consistent, Timeouts timeouts) {
    counts.merge(consistent ? Operation.CONSISTENT_READ : Operation.READ, 1, Integer::sum);
    try {
      Map<String, AttributeValue> unused = keyAttributes(key);
      return CompletableFuture.completedFuture(
          new ReadAnswer(codec.decode(rows.get(key)), serverDate.get()));
    } catch (LockStoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Whether the table has transactions from now on; by default it has. */
  public synchronized void setTransactions(boolean transactions) {
    this.transactions = transactions;
  }

  /** Refuses what DynamoDB refuses of a transaction whatever the rows. */
  private void checkTransaction(List<LockKey> keys) {
    if (!transactions) {
      throw invalid("Transactions are not supported on this table");
    }
    if (keys.isEmpty() || keys.size() > MAX_TRANSACTION) {
      throw invalid("A transaction takes 1 to 100 items, not " + keys.size());
    }
    if (Set.copyOf(keys).size() < keys.size()) {
      throw invalid("Transaction request cannot include multiple operations on one item");
    }
  }

  private static LockStoreException invalid(String problem) {
    return new LockStoreException(Kind.INVALID_REQUEST, false, problem, null);
  }

  @Override
  public synchronized CompletableFuture<GrantsAnswer> grantAll(
      List<LockWrite> grants, Timeouts timeouts) {
    counts.merge(Operation.GRANT_ALL, 1, Integer::sum);
    try {
      checkTransaction(grants.stream().map(LockWrite::key).toList());
      List<@Nullable StoredItem> against = new ArrayList<>();
      Map<LockKey, Map<String, AttributeValue>> after = new HashMap<>();
      for (LockWrite grant : grants) {
        Map<String, AttributeValue> keyAttributes = keyAttributes(grant.key());
        Map<String, AttributeValue> old = rows.get(grant.key());
        RowWrites.checkRequest(grant, keyAttributes.keySet(), mostCandidates);
        boolean holds = RowWrites.conditionHolds(grant, old);
        against.add(holds ? null : codec.decodeRefusal(grant, old));
        if (holds) {
          Map<String, AttributeValue> next =
              Objects.requireNonNull(RowWrites.apply(grant, old == null ? keyAttributes : old));
          RowWrites.checkSize(next, mostItemBytes);
          after.put(grant.key(), Map.copyOf(next));
        }
      }
      if (after.size() < grants.size()) {
        return CompletableFuture.completedFuture(new GrantsAnswer(false, against));
      }
      rows.putAll(after);
      return CompletableFuture.completedFuture(new GrantsAnswer(true, List.of()));
    } catch (LockStoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized CompletableFuture<List<StoredItem>> readAll(
      List<LockKey> keys, Timeouts timeouts) {
    counts.merge(Operation.READ_ALL, 1, Integer::sum);
    try {
      checkTransaction(keys);
      return CompletableFuture.completedFuture(
          keys.stream().map(key -> codec.decode(rows.get(key))).toList());
    } catch (LockStoreException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public synchronized CompletableFuture<ItemPage> list(
      @Nullable PageToken after, Timeouts timeouts) {
    counts.merge(Operation.LIST, 1, Integer::sum);
    LockKey last = after == null ? null : ((LastKey) after).key();
    List<LockKey> rest =
        keys().stream().filter(key -> last == null || ORDER.compare(key, last) > 0).toList();
    List<ItemPage.Row> page =
        rest.stream()
            .limit(pageSize)
            .map(key -> new ItemPage.Row(key, codec.decode(rows.get(key))))
            .toList();
    boolean more = rest.size() > page.size();
    return CompletableFuture.completedFuture(
        new ItemPage(page, more ? new LastKey(page.get(page.size() - 1).key()) : null));
  }

  private Map<String, AttributeValue> keyAttributes(LockKey key) {
    if (key.sortKey().isPresent() != (sortKeyName != null)) {
      throw new LockStoreException(
          Kind.WRONG_SCHEMA, false, "The key '" + key + "' does not fit the table's keys", null);
    }
    Map<String, AttributeValue> attributes = new HashMap<>();
    attributes.put(partitionKeyName, AttributeValue.fromS(key.partitionKey()));
    key.sortKey().ifPresent(sort -> attributes.put(sortKeyName, AttributeValue.fromS(sort)));
    return attributes;
  }

  private static Operation operationOf(LockWrite write) {
    if (write instanceof LockWrite.Acquire) {
      return Operation.ACQUIRE;
    } else if (write instanceof LockWrite.Takeover) {
      return Operation.TAKEOVER;
    } else if (write instanceof LockWrite.Heartbeat) {
      return Operation.HEARTBEAT;
    } else if (write instanceof LockWrite.Release || write instanceof LockWrite.KeepClosed) {
      return Operation.RELEASE;
    } else if (write instanceof LockWrite.Ask || write instanceof LockWrite.Withdraw) {
      return Operation.ASK;
    }
    return write instanceof LockWrite.Mark ? Operation.MARK : Operation.DELETE;
  }

  /** The key of the last row of a page. */
  private record LastKey(LockKey key) implements PageToken {}
}
