package io.github.batonlock.internal.store;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.SessionKey;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A store under test, with a way behind its back. */
public interface StoreFixture {
  Timeouts TIMEOUTS = new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));
  Duration LEASE = Duration.ofSeconds(20);
  long SEED = 1_000_000L;

  /** Over a table with partition key {@code key}. */
  LockStore store();

  /** Over a table with partition key {@code name}, a reserved word, and sort key {@code range}. */
  LockStore sortedStore();

  /** Puts a row, with the key's attributes added. */
  void putRow(LockKey key, Map<String, AttributeValue> row);

  /** The row as it is, without the key's attributes; null if there is none. */
  @Nullable Map<String, AttributeValue> row(LockKey key);

  default LockKey newKey() {
    return LockKey.of("k-" + UUID.randomUUID());
  }

  default LockKey newSession() {
    return LockKey.of(SessionKey.PREFIX + UUID.randomUUID());
  }

  default WriteAnswer write(LockWrite write) {
    return store().write(write, TIMEOUTS).join();
  }

  default LockStoreException failure(LockWrite write) {
    Throwable thrown = catchThrowable(() -> store().write(write, TIMEOUTS).join());
    return (LockStoreException) ((CompletionException) thrown).getCause();
  }

  default StoredItem read(LockKey key) {
    return store().read(key, true, TIMEOUTS).join().item();
  }

  static LockWrite.Grant grant(String owner, String version) {
    return new LockWrite.Grant(owner, LEASE, version, SEED, null, UserAttributes.NONE);
  }

  static LockWrite.Grant grant(String owner, String version, SdkBytes data) {
    return new LockWrite.Grant(owner, LEASE, version, SEED, data, UserAttributes.NONE);
  }

  static LockWrite.Acquire acquire(LockKey key, String owner, String version) {
    return new LockWrite.Acquire(key, grant(owner, version), false);
  }

  static LockItem lock(StoredItem item) {
    return ((ItemState.Lock) item.state()).item();
  }

  static AttributeValue s(String value) {
    return AttributeValue.fromS(value);
  }

  static AttributeValue n(String value) {
    return AttributeValue.fromN(value);
  }

  static AttributeValue b(String value) {
    return AttributeValue.fromB(SdkBytes.fromUtf8String(value));
  }
}
