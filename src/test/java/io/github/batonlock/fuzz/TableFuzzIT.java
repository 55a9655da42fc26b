package io.github.batonlock.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import io.github.batonlock.internal.dynamodb.DynamoLockStore;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.LocalDynamo;
import io.github.batonlock.support.Platforms;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * DynamoDB and the table of the simulation, side by side: to any write on any row both give the
 * same answer, and leave the same row. What tests show on the one is true of the other.
 */
@Timeout(3_600)
class TableFuzzIT {
  private static final Timeouts TIMEOUTS =
      new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30));
  private static final int MAX_WRITES = 4;

  private final LocalDynamo dynamo = LocalDynamo.shared();
  private final String name = dynamo.newTable();
  private final LockStore real =
      new DynamoLockStore(
          DynamoCalls.of(dynamo.sync(), Runnable::run), name, "key", null, Platforms.KEPT);
  private final InMemoryLockStore fake = new InMemoryLockStore();

  /** What came of a write or a read, comparable. */
  private record Outcome(String kind, @Nullable StoredItem item) {}

  @Test
  void write_ofAnyKindOnAnyRow_hasTheSameEffectOnDynamoDbAndOnTheFake() {
    Fuzz fuzz = new Fuzz("DynamoDB and the fake, random writes");
    long[] number = new long[1];
    fuzz.check(
        Fuzz.rows("table", 100),
        row -> {
          FuzzedWrites writes = new FuzzedWrites(FuzzedRows.random(-fuzz.seed(), number[0]++));
          LockKey key = put(row);
          for (int i = 0; i < MAX_WRITES; i++) {
            LockWrite write = writes.next(key, fake.row(key));
            Outcome expected = outcome(fake, write);
            assertThat(outcome(real, write)).as("%s", write).isEqualTo(expected);
            assertThat(normal(realRow(key))).as("%s", write).isEqualTo(normal(fakeRow(key)));
            fuzz.count(write.getClass().getSimpleName() + ": " + expected.kind());
          }
          assertThat(normal(read(real, key))).isEqualTo(normal(read(fake, key)));
        });
  }

  @Test
  void rowThatIsNoLock_ofAnyKind_isLeftAsItIsByRealConditions() {
    Fuzz fuzz = new Fuzz("DynamoDB, grants on rows as they are");
    fuzz.check(
        Fuzz.rows("table", 100),
        row -> {
          RowOracle oracle = RowOracle.forGrant(row);
          fuzz.count(oracle.name());
          LockKey key = put(row);
          Map<String, AttributeValue> before = realRow(key);
          LockWrite.Grant grant =
              new LockWrite.Grant(
                  "me", Duration.ofSeconds(20), "v9", 1_000_000, null, UserAttributes.NONE);
          String version = RowOracle.text(row, "recordVersionNumber");
          if (oracle != RowOracle.FREE) {
            assertLeft(key, before, oracle, new LockWrite.Acquire(key, grant, false));
            assertLeft(key, before, oracle, new LockWrite.Acquire(key, grant, true));
            assertLeft(key, before, oracle, new LockWrite.Takeover(key, grant, "v0" + version));
          }
          if (oracle == RowOracle.NO_LOCK && !RowOracle.hasTheTypesOfALock(row)) {
            assertLeft(
                key,
                before,
                oracle,
                new LockWrite.Takeover(key, grant, Objects.requireNonNullElse(version, "v1")));
          }
        });
  }

  private void assertLeft(
      LockKey key, Map<String, AttributeValue> before, RowOracle oracle, LockWrite write) {
    Outcome outcome = outcome(real, write);
    assertThat(outcome.kind())
        .isEqualTo("rejected " + (oracle == RowOracle.HELD ? "by a lock" : "by no lock"));
    assertThat(realRow(key)).isEqualTo(before);
  }

  private LockKey put(Map<String, AttributeValue> row) {
    LockKey key = LockKey.of("k-" + UUID.randomUUID());
    Map<String, AttributeValue> whole = new HashMap<>(row);
    whole.put("key", AttributeValue.fromS(key.partitionKey()));
    dynamo.sync().putItem(request -> request.tableName(name).item(whole));
    fake.putRow(key, row);
    return key;
  }

  private Map<String, AttributeValue> realRow(LockKey key) {
    Map<String, AttributeValue> keyAttributes =
        Map.of("key", AttributeValue.fromS(key.partitionKey()));
    return dynamo
        .sync()
        .getItem(request -> request.tableName(name).consistentRead(true).key(keyAttributes))
        .item();
  }

  private Map<String, AttributeValue> fakeRow(LockKey key) {
    return Objects.requireNonNullElse(fake.row(key), Map.of());
  }

  private static StoredItem read(LockStore store, LockKey key) {
    return store.read(key, true, TIMEOUTS).join().item();
  }

  private static Outcome outcome(LockStore store, LockWrite write) {
    try {
      var answer = store.write(write, TIMEOUTS).join();
      String by =
          answer.item().state() instanceof ItemState.NotALock
              ? "by no lock"
              : answer.item().isKnown() ? "by a lock" : "by no item";
      return new Outcome(answer.applied() ? "applied" : "rejected " + by, normal(answer.item()));
    } catch (CompletionException e) {
      LockStoreException failure = (LockStoreException) e.getCause();
      return new Outcome("fails as " + failure.kind(), null);
    }
  }

  private static StoredItem normal(StoredItem item) {
    return new StoredItem(item.state(), new UserAttributes(normal(item.attributes().values())));
  }

  /** Numbers have many spellings, and sets no order. */
  private static Map<String, AttributeValue> normal(Map<String, AttributeValue> values) {
    Map<String, AttributeValue> normal = new HashMap<>();
    values.forEach((attribute, value) -> normal.put(attribute, normal(value)));
    return normal;
  }

  private static AttributeValue normal(AttributeValue value) {
    return switch (value.type()) {
      case N -> AttributeValue.fromN(normal(value.n()));
      case NS ->
          AttributeValue.fromNs(value.ns().stream().map(TableFuzzIT::normal).sorted().toList());
      case SS -> AttributeValue.fromSs(value.ss().stream().sorted().toList());
      case BS -> AttributeValue.fromSs(value.bs().stream().map(Object::toString).sorted().toList());
      case L -> AttributeValue.fromL(normal(value.l()));
      case M -> AttributeValue.fromM(normal(value.m()));
      default -> value;
    };
  }

  private static List<AttributeValue> normal(List<AttributeValue> list) {
    return list.stream().map(TableFuzzIT::normal).toList();
  }

  private static String normal(String number) {
    return new BigDecimal(number).stripTrailingZeros().toString();
  }
}
