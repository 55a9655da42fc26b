package io.github.batonlock.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.InMemoryLockStore.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class InMemoryLockStoreTest extends LockStoreContract {
  private final InMemoryLockStore store = new InMemoryLockStore();
  private final InMemoryLockStore sortedStore = new InMemoryLockStore("name", "range");

  @BeforeEach
  void setUp() {
    store.setPageSize(4);
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
    store.putRow(key, row);
  }

  @Override
  public @Nullable Map<String, AttributeValue> row(LockKey key) {
    Map<String, AttributeValue> row = store.row(key);
    if (row == null) {
      return null;
    }
    Map<String, AttributeValue> rest = new HashMap<>(row);
    rest.remove("key");
    return rest;
  }

  @Test
  void count_everyCall_byOperation() {
    LockKey key = newKey();
    write(StoreFixture.acquire(key, "me", "v1"));
    write(StoreFixture.acquire(key, "me", "v2"));
    read(key);
    assertThat(store.count(Operation.ACQUIRE)).isEqualTo(2);
    assertThat(store.count(Operation.CONSISTENT_READ)).isEqualTo(1);
    assertThat(store.writes()).isEqualTo(2);
    store.resetCounts();
    assertThat(store.writes()).isZero();
  }

  /** As DynamoDB does; DynamoDB Local takes it. */
  @Test
  void grantAll_oneKeyTwice_isRefused() {
    LockKey key = newKey();
    List<LockWrite> twice =
        List.of(StoreFixture.acquire(key, "me", "v1"), StoreFixture.acquire(key, "me", "v2"));
    assertThat(store.grantAll(twice, TIMEOUTS)).isCompletedExceptionally();
    assertThat(row(key)).isNull();
  }
}
