package io.github.batonlock.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The contract on a real table, and what only a real table can show. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DynamoStoreContract extends LockStoreContract {
  private final LocalDynamo dynamo = LocalDynamo.shared();
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private String table;
  private LockStore store;
  private LockStore sortedStore;

  abstract DynamoCalls calls(LocalDynamo dynamo, Executor executor);

  @BeforeAll
  void setUp() {
    table = dynamo.newTable();
    DynamoCalls calls = calls(dynamo, executor);
    store = new DynamoLockStore(calls, table, "key", null, Platforms.KEPT);
    sortedStore =
        new DynamoLockStore(
            calls, dynamo.newTable("name", "range"), "name", "range", Platforms.KEPT);
  }

  @AfterAll
  void tearDown() {
    executor.shutdownNow();
  }

  @Override
  public LockStore store() {
    return store;
  }

  @Override
  public LockStore sortedStore() {
    return sortedStore;
  }

  @Override
  public void putRow(LockKey key, Map<String, AttributeValue> row) {
    Map<String, AttributeValue> whole = new HashMap<>(row);
    whole.put("key", AttributeValue.fromS(key.partitionKey()));
    dynamo.sync().putItem(request -> request.tableName(table).item(whole));
  }

  @Override
  public @Nullable Map<String, AttributeValue> row(LockKey key) {
    Map<String, AttributeValue> row =
        new HashMap<>(
            dynamo
                .sync()
                .getItem(
                    request ->
                        request
                            .tableName(table)
                            .consistentRead(true)
                            .key(Map.of("key", AttributeValue.fromS(key.partitionKey()))))
                .item());
    row.remove("key");
    return row.isEmpty() ? null : row;
  }

  @Test
  void everyAnswer_appliedRejectedOrRead_carriesTheServersDate() {
    LockKey key = newKey();
    Instant about = Instant.now();
    Duration hour = Duration.ofHours(1);
    for (Instant date :
        new Instant[] {
          write(StoreFixture.acquire(key, "me", "v1")).serverDate(),
          write(StoreFixture.acquire(key, "me", "v2")).serverDate(),
          store.read(key, true, TIMEOUTS).join().serverDate()
        }) {
      assertThat(date).isBetween(about.minus(hour), about.plus(hour));
    }
  }
}
