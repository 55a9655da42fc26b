package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.b;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.ItemState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store does with writes that grant a lock, and with reads. */
interface GrantContract extends StoreFixture {

  @Test
  default void acquire_absentItem_isAppliedWithTheSeedsToken() {
    LockKey key = newKey();
    WriteAnswer answer =
        write(
            new LockWrite.Acquire(key, grant("me", "v1", SdkBytes.fromUtf8String("data")), false));
    assertThat(answer.applied()).isTrue();
    assertThat(lock(answer.item()).ownerName()).isEqualTo("me");
    assertThat(lock(answer.item()).leaseDuration()).isEqualTo(LEASE);
    assertThat(lock(answer.item()).version()).isEqualTo("v1");
    assertThat(lock(answer.item()).released()).isFalse();
    assertThat(lock(answer.item()).fencingToken()).hasValue(SEED + 1);
    assertThat(lock(answer.item()).data()).isEqualTo(SdkBytes.fromUtf8String("data"));
    assertThat(row(key))
        .containsEntry("leaseDuration", s("20000"))
        .containsEntry("fencingToken", n(Long.toString(SEED + 1)))
        .doesNotContainKeys("isReleased", "ttl", "session");
  }

  @Test
  default void acquire_heldItem_isRejectedWithTheHolder() {
    LockKey key = newKey();
    write(acquire(key, "first", "v1"));
    WriteAnswer answer = write(acquire(key, "second", "v2"));
    assertThat(answer.applied()).isFalse();
    assertThat(answer.item()).isEqualTo(read(key));
    assertThat(lock(answer.item()).ownerName()).isEqualTo("first");
    assertThat(lock(answer.item()).version()).isEqualTo("v1");
  }

  @Test
  default void acquire_releasedItem_takesTheNextTokenAndCleansUp() {
    LockKey key = newKey();
    putRow(key, released(Map.of("fencingToken", n("41"), "ttl", n("99"), "session", s("x"))));
    WriteAnswer answer = write(acquire(key, "me", "v2"));
    assertThat(answer.applied()).isTrue();
    assertThat(lock(answer.item()).fencingToken()).hasValue(42);
    assertThat(row(key)).doesNotContainKeys("isReleased", "ttl", "session");
  }

  @Test
  default void acquire_foreignReleasedItemWithoutToken_startsFromTheSeed() {
    LockKey key = newKey();
    putRow(key, released(Map.of()));
    WriteAnswer answer = write(acquire(key, "me", "v2"));
    assertThat(lock(answer.item()).fencingToken()).hasValue(SEED + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1.5", "9223372036854775804"})
  default void acquire_releasedItemWithAnyLegalToken_isApplied(String token) {
    LockKey key = newKey();
    putRow(key, released(Map.of("fencingToken", n(token))));
    assertThat(read(key).state()).isInstanceOf(ItemState.Lock.class);
    WriteAnswer answer = write(acquire(key, "me", "v2"));
    assertThat(answer.applied()).isTrue();
    assertThat(lock(answer.item()).ownerName()).isEqualTo("me");
    assertThat(read(key)).isEqualTo(answer.item());
  }

  @Test
  default void acquire_barelyMeaningfulReleasedItem_isTaken() {
    LockKey key = newKey();
    putRow(
        key,
        Map.of(
            "isReleased",
            s("1"),
            "recordVersionNumber",
            s(""),
            "leaseDuration",
            s("?"),
            "ttl",
            s("?")));
    assertThat(lock(read(key)).released()).isTrue();
    assertThat(write(acquire(key, "me", "v2")).applied()).isTrue();
  }

  @Test
  default void acquire_onlyIfExistsAndAbsent_isRejectedWithoutAnItem() {
    LockKey key = newKey();
    WriteAnswer answer = write(new LockWrite.Acquire(key, grant("me", "v1"), true));
    assertThat(answer.applied()).isFalse();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(row(key)).isNull();
  }

  @Test
  default void acquire_onlyIfExistsAndReleased_isApplied() {
    LockKey key = newKey();
    putRow(key, released(Map.of()));
    assertThat(write(new LockWrite.Acquire(key, grant("me", "v1"), true)).applied()).isTrue();
  }

  @Test
  default void grant_withoutData_keepsDataAndUsersAttributes() {
    LockKey key = newKey();
    putRow(
        key,
        released(Map.of("data", b("old"), "mine", n("7"), "size", AttributeValue.fromBool(true))));
    WriteAnswer answer = write(acquire(key, "me", "v2"));
    assertThat(lock(answer.item()).data()).isEqualTo(SdkBytes.fromUtf8String("old"));
    assertThat(answer.item().attributes().values())
        .isEqualTo(Map.of("mine", n("7"), "size", AttributeValue.fromBool(true)));
  }

  @Test
  default void grant_withDataAndAttributes_replacesThoseOnly() {
    LockKey key = newKey();
    putRow(key, released(Map.of("data", b("old"), "name", s("a"), "other", s("b"))));
    LockWrite.Grant grant =
        new LockWrite.Grant(
            "me",
            LEASE,
            "v2",
            SEED,
            SdkBytes.fromUtf8String("new"),
            new UserAttributes(Map.of("name", s("c"), "a.b-#:c", AttributeValue.fromL(List.of()))));
    WriteAnswer answer = write(new LockWrite.Acquire(key, grant, false));
    assertThat(lock(answer.item()).data()).isEqualTo(SdkBytes.fromUtf8String("new"));
    assertThat(answer.item().attributes().values())
        .containsEntry("name", s("c"))
        .containsEntry("other", s("b"))
        .containsKey("a.b-#:c")
        .hasSize(3);
  }

  @Test
  default void takeover_observedVersion_isAppliedWithTheNextToken() {
    LockKey key = newKey();
    write(acquire(key, "dead", "v1"));
    WriteAnswer answer = write(new LockWrite.Takeover(key, grant("me", "v2"), "v1"));
    assertThat(answer.applied()).isTrue();
    assertThat(lock(answer.item()).ownerName()).isEqualTo("me");
    assertThat(lock(answer.item()).fencingToken()).hasValue(SEED + 2);
  }

  @Test
  default void takeover_otherVersionOrNoItem_isRejected() {
    LockKey key = newKey();
    assertThat(write(new LockWrite.Takeover(key, grant("me", "v2"), "v1")))
        .extracting(WriteAnswer::applied, WriteAnswer::item)
        .containsExactly(false, StoredItem.UNKNOWN);
    write(acquire(key, "alive", "v1"));
    WriteAnswer answer = write(new LockWrite.Takeover(key, grant("me", "v2"), "v0"));
    assertThat(answer.applied()).isFalse();
    assertThat(lock(answer.item()).version()).isEqualTo("v1");
  }

  @Test
  default void takeover_foreignItemWithoutToken_startsFromTheSeed() {
    LockKey key = newKey();
    putRow(
        key,
        Map.of(
            "ownerName", s("o"), "leaseDuration", s("1m30s"), "recordVersionNumber", s("u-u-i-d")));
    assertThat(lock(read(key)).leaseDuration()).hasSeconds(90);
    WriteAnswer answer = write(new LockWrite.Takeover(key, grant("me", "v2"), "u-u-i-d"));
    assertThat(lock(answer.item()).fencingToken()).hasValue(SEED + 1);
  }

  @Test
  default void grant_dataTooLarge_failsAsInvalidAndChangesNothing() {
    LockKey key = newKey();
    putRow(key, released(Map.of("data", b("old"))));
    Map<String, AttributeValue> before = row(key);
    SdkBytes tooLarge = SdkBytes.fromByteArray(new byte[400 * 1024]);
    LockStoreException failure =
        failure(new LockWrite.Acquire(key, grant("me", "v2", tooLarge), false));
    assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(failure.mayHaveBeenApplied()).isFalse();
    assertThat(failure).hasMessageContaining("400 KB");
    assertThat(row(key)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "a/b#c:d", "\u00e4\ud83d\udd12", "line\nbreak\u0000", "'; DROP", "#key"})
  default void key_withOddCharacters_isAnyOtherKey(String name) {
    LockKey key = LockKey.of(name + newKey());
    assertThat(write(acquire(key, "me", "v1")).applied()).isTrue();
    assertThat(write(acquire(key, "me", "v2")).applied()).isFalse();
    assertThat(lock(read(key)).version()).isEqualTo("v1");
  }

  @Test
  default void read_absentItem_isAbsent() {
    LockKey key = newKey();
    assertThat(store().read(key, false, TIMEOUTS).join().item()).isEqualTo(StoredItem.ABSENT);
    assertThat(read(key)).isEqualTo(StoredItem.ABSENT);
  }

  @Test
  default void sortKeyTable_keysThatDifferInTheSortKey_areDifferentLocks() {
    String partition = newKey().partitionKey();
    LockKey a = LockKey.of(partition, "a");
    LockKey b = LockKey.of(partition, "b");
    assertThat(sortedStore().write(acquire(a, "me", "v1"), TIMEOUTS).join().applied()).isTrue();
    assertThat(sortedStore().write(acquire(b, "me", "v2"), TIMEOUTS).join().applied()).isTrue();
    assertThat(sortedStore().write(acquire(a, "me", "v3"), TIMEOUTS).join().applied()).isFalse();
    StoredItem item = sortedStore().read(b, true, TIMEOUTS).join().item();
    assertThat(lock(item).version()).isEqualTo("v2");
    assertThat(item.attributes()).isEqualTo(UserAttributes.NONE);
  }

  private static Map<String, AttributeValue> released(Map<String, AttributeValue> more) {
    Map<String, AttributeValue> row = new HashMap<>(more);
    row.put("isReleased", s("1"));
    row.put("ownerName", s("before"));
    row.put("leaseDuration", s("20000"));
    row.put("recordVersionNumber", s("v0"));
    return row;
  }
}
