package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.ItemState.NotALock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store does with rows that are no locks, with whole tables, and with wrong keys. */
interface RowsContract extends StoreFixture {

  @ParameterizedTest
  @MethodSource("io.github.batonlock.internal.store.MalformedRows#all")
  default void acquire_malformedRow_isRejectedAndTheRowLeftAsItIs(
      Map<String, AttributeValue> row, String attribute) {
    LockKey key = newKey();
    putRow(key, row);
    Map<String, AttributeValue> before = row(key);
    for (boolean onlyIfExists : List.of(true, false)) {
      WriteAnswer answer = write(new LockWrite.Acquire(key, grant("me", "v2"), onlyIfExists));
      assertThat(answer.applied()).isFalse();
      assertThat(answer.item()).isEqualTo(read(key));
      assertThat(((NotALock) answer.item().state()).attribute()).isEqualTo(attribute);
    }
    assertThat(row(key)).isEqualTo(before);
  }

  /** Regression: a row that stopped being a lock after the last look was taken over. */
  @ParameterizedTest
  @MethodSource("io.github.batonlock.internal.store.MalformedRows#byType")
  default void takeover_rowThatIsNoLockAnyMore_isRejectedAndTheRowLeftAsItIs(
      Map<String, AttributeValue> row, String attribute) {
    LockKey key = newKey();
    putRow(key, row);
    Map<String, AttributeValue> before = row(key);
    WriteAnswer answer = write(new LockWrite.Takeover(key, grant("me", "v2"), "v1"));
    assertThat(answer.applied()).isFalse();
    assertThat(((NotALock) answer.item().state()).attribute()).isEqualTo(attribute);
    assertThat(row(key)).isEqualTo(before);
  }

  @Test
  default void grant_ofAHeldLockWhoseTokenCannotGrow_isRejectedAsNoLock() {
    LockKey key = newKey();
    Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
    row.put("fencingToken", StoreFixture.n("9223372036854775805"));
    putRow(key, row);
    assertThat(lock(read(key)).fencingToken()).hasValue(9_223_372_036_854_775_805L);
    for (LockWrite write :
        List.of(acquire(key, "me", "v2"), new LockWrite.Takeover(key, grant("me", "v2"), "v1"))) {
      WriteAnswer answer = write(write);
      assertThat(answer.applied()).isFalse();
      assertThat(((NotALock) answer.item().state()).attribute()).isEqualTo("fencingToken");
    }
    assertThat(write(new LockWrite.Heartbeat(key, "you", List.of("v1"), "v2", null)).item())
        .isEqualTo(read(key));
    assertThat(row(key)).isEqualTo(row);
  }

  @Test
  default void read_rowOfSomethingElse_isNotALockWithAllItsAttributes() {
    LockKey key = newKey();
    putRow(key, Map.of("title", s("an order"), "total", StoreFixture.n("12.50")));
    StoredItem item = read(key);
    assertThat(((NotALock) item.state()).problem()).isEqualTo("is missing");
    assertThat(item.attributes().values()).containsOnlyKeys("title", "total");
  }

  @Test
  default void list_manyRows_givesEachOnceBadOnesIncluded() {
    String prefix = newKey().partitionKey();
    byte[] large = new byte[350 * 1024];
    for (int i = 0; i < 8; i++) {
      Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
      row.put("data", AttributeValue.fromB(SdkBytes.fromByteArray(large)));
      putRow(LockKey.of(prefix + i), row);
    }
    putRow(LockKey.of(prefix + "bad"), Map.of("title", s("an order")));

    List<ItemPage.Row> rows = new ArrayList<>();
    int pages = 0;
    LockStore.PageToken next = null;
    do {
      ItemPage page = store().list(next, TIMEOUTS).join();
      page.rows().stream()
          .filter(row -> row.key().partitionKey().startsWith(prefix))
          .forEach(rows::add);
      next = page.next();
      pages++;
    } while (next != null);

    assertThat(pages).isGreaterThan(1);
    assertThat(rows).hasSize(9).extracting(ItemPage.Row::key).doesNotHaveDuplicates();
    for (ItemPage.Row row : rows) {
      assertThat(row.item().state() instanceof NotALock)
          .isEqualTo(row.key().partitionKey().endsWith("bad"));
    }
  }

  @Test
  default void list_sortKeyTable_givesBothPartsOfTheKey() {
    LockKey key = LockKey.of(newKey().partitionKey(), "s");
    sortedStore().write(acquire(key, "me", "v1"), TIMEOUTS).join();
    ItemPage page = sortedStore().list(null, TIMEOUTS).join();
    assertThat(page.rows())
        .filteredOn(row -> row.key().equals(key))
        .singleElement()
        .satisfies(row -> assertThat(lock(row.item()).version()).isEqualTo("v1"));
  }

  @Test
  default void key_withoutTheTablesSortKey_failsAsWrongSchema() {
    Throwable thrown =
        catchThrowable(() -> sortedStore().write(acquire(newKey(), "me", "v1"), TIMEOUTS).join());
    assertThat(thrown).isInstanceOf(CompletionException.class);
    assertThat(thrown.getCause())
        .isInstanceOfSatisfying(
            LockStoreException.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(Kind.WRONG_SCHEMA);
              assertThat(failure.mayHaveBeenApplied()).isFalse();
            });
  }

  @Test
  default void key_withASortKeyTheTableLacks_failsAsWrongSchema() {
    LockKey key = LockKey.of("a", "b");
    assertThat(failure(acquire(key, "me", "v1")).kind()).isEqualTo(Kind.WRONG_SCHEMA);
    assertThat(catchThrowable(() -> read(key))).hasCauseInstanceOf(LockStoreException.class);
  }
}
