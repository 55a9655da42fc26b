package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SessionKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store does with requests to release. */
interface AskContract extends StoreFixture {
  String ATTRIBUTE = "releaseRequest";

  private static AskedRelease asked(String id, long token) {
    return new AskedRelease(id, "you", "a \"reason\"", Duration.ofMillis(1_500), token);
  }

  private WriteAnswer beat(LockKey key, String from, String to) {
    return write(new LockWrite.Heartbeat(key, "me", List.of(from), to, null));
  }

  @Test
  default void ask_ofTheHoldThatIs_isAppliedAndLeavesAllElse() {
    LockKey key = newKey();
    StoredItem before = write(acquire(key, "me", "v1")).item();

    WriteAnswer answer = write(new LockWrite.Ask(key, "me", asked("r1", SEED + 1)));

    assertThat(answer.applied()).isTrue();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(read(key)).isEqualTo(before);
    assertThat(row(key).get(ATTRIBUTE).m())
        .isEqualTo(
            Map.of(
                "id", s("r1"),
                "askedBy", s("you"),
                "reason", s("a \"reason\""),
                "deadline", n("1500"),
                "token", n(Long.toString(SEED + 1))));
  }

  @Test
  default void heartbeats_bringBackWhatWasAsked_asLongAsItStands() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    assertThat(beat(key, "v1", "v2").asked()).isEmpty();
    write(new LockWrite.Ask(key, "me", asked("r1", SEED + 1)));

    assertThat(beat(key, "v2", "v3").asked()).containsExactly(asked("r1", SEED + 1));
    assertThat(beat(key, "v3", "v4").asked()).containsExactly(asked("r1", SEED + 1));
    assertThat(beat(key, "v4", "v5").item()).isEqualTo(StoredItem.UNKNOWN);

    write(new LockWrite.Ask(key, "me", asked("r2", SEED + 1)));
    SdkBytes data = SdkBytes.fromUtf8String("d");
    WriteAnswer withData =
        write(
            new LockWrite.Heartbeat(
                key, "me", List.of("v5"), "v6", new LockWrite.Update(data, SEED + 1)));
    assertThat(withData.asked()).containsExactly(asked("r2", SEED + 1));
    assertThat(lock(read(key)).data()).isEqualTo(data);
  }

  @Test
  default void ask_ofAnotherHold_isRejectedWithTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    StoredItem item = read(key);
    for (LockWrite wrong :
        List.of(
            new LockWrite.Ask(key, "me", asked("r", SEED)),
            new LockWrite.Ask(key, "me", asked("r", SEED + 2)),
            new LockWrite.Ask(key, "other", asked("r", SEED + 1)))) {
      WriteAnswer answer = write(wrong);
      assertThat(answer.applied()).isFalse();
      assertThat(answer.item()).isEqualTo(item);
    }
    write(new LockWrite.Release(key, "me", List.of("v1"), "v2", null));
    WriteAnswer ofReleased = write(new LockWrite.Ask(key, "me", asked("r", SEED + 1)));
    assertThat(ofReleased.applied()).isFalse();
    assertThat(lock(ofReleased.item()).released()).isTrue();
  }

  @Test
  default void ask_ofAnAbsentItem_isRejectedAndMakesNone() {
    LockKey key = newKey();
    WriteAnswer answer = write(new LockWrite.Ask(key, "me", asked("r", 1)));
    assertThat(answer.applied()).isFalse();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(row(key)).isNull();
  }

  @Test
  default void request_isForgotten_byReleaseHandoffAndTakeover() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    write(new LockWrite.Ask(key, "me", asked("r1", SEED + 1)));
    write(new LockWrite.Handoff(key, "me", List.of("v1"), grant("me", "v2")));
    assertThat(beat(key, "v2", "v3").asked()).isEmpty();

    write(new LockWrite.Ask(key, "me", asked("r2", SEED + 2)));
    write(new LockWrite.Takeover(key, grant("me", "v4"), "v3"));
    assertThat(beat(key, "v4", "v5").asked()).isEmpty();

    write(new LockWrite.Ask(key, "me", asked("r3", SEED + 3)));
    write(new LockWrite.Release(key, "me", List.of("v5"), "v6", null));
    assertThat(row(key)).doesNotContainKey(ATTRIBUTE);
    write(acquire(key, "me", "v7"));
    assertThat(beat(key, "v7", "v8").asked()).isEmpty();
  }

  @Test
  default void lock_isKeptForWhoAsks_onlyWhileItAsks() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    AskedRelease asked =
        new AskedRelease("r1", "you", "why", Duration.ofSeconds(1), SEED + 1, true, null);
    write(new LockWrite.Ask(key, "me", asked));
    assertThat(beat(key, "v1", "v2").asked()).containsExactly(asked);
    StoredItem before = read(key);
    LockWrite.Grant keptForYou = grant("you", "v3");

    for (String id : List.of("r2", "r")) {
      WriteAnswer rejected =
          write(new LockWrite.Handoff(key, "me", List.of("v1", "v2"), keptForYou, id));
      assertThat(rejected.applied()).isFalse();
      assertThat(rejected.item()).isEqualTo(before);
    }
    WriteAnswer kept =
        write(new LockWrite.Handoff(key, "me", List.of("v1", "v2"), keptForYou, "r1"));

    assertThat(kept.applied()).isTrue();
    assertThat(lock(kept.item()).ownerName()).isEqualTo("you");
    assertThat(lock(kept.item()).version()).isEqualTo("v3");
    assertThat(lock(kept.item()).fencingToken()).hasValue(SEED + 2);
    assertThat(row(key).get(ATTRIBUTE)).isEqualTo(AttributeValue.fromNul(true));
  }

  @Test
  default void withdraw_ofTheRequestThatStands_leavesAllElse() {
    LockKey key = newKey();
    StoredItem before = write(acquire(key, "me", "v1")).item();
    write(new LockWrite.Ask(key, "me", asked("r1", SEED + 1)));

    assertThat(write(new LockWrite.Withdraw(key, "r2")).applied()).isFalse();
    assertThat(write(new LockWrite.Withdraw(key, "r1")).applied()).isTrue();

    assertThat(row(key).get(ATTRIBUTE)).isEqualTo(AttributeValue.fromNul(true));
    assertThat(read(key)).isEqualTo(before);
    WriteAnswer again = write(new LockWrite.Withdraw(key, "r1"));
    assertThat(again.applied()).isFalse();
    assertThat(again.item()).isEqualTo(before);
  }

  @Test
  default void withdraw_whereThereIsNoRequest_isRejectedAndMakesNoItem() {
    LockKey key = newKey();
    assertThat(write(new LockWrite.Withdraw(key, "r1")).applied()).isFalse();
    assertThat(row(key)).isNull();
    putRow(key, Map.of("ownerName", s("me"), ATTRIBUTE, s("r1")));
    assertThat(write(new LockWrite.Withdraw(key, "r1")).applied()).isFalse();
  }

  /** Whoever wrote it: heartbeats go on, and tell of nothing. */
  @Test
  default void heartbeat_ofAnItemWithoutTheAttributeOrWithAnother_isApplied() {
    LockKey key = newKey();
    Map<String, AttributeValue> row =
        Map.of("ownerName", s("me"), "leaseDuration", s("20000"), "recordVersionNumber", s("v1"));
    putRow(key, row);
    WriteAnswer without = beat(key, "v1", "v2");
    assertThat(without.applied()).isTrue();
    assertThat(without.asked()).isEmpty();

    Map<String, AttributeValue> other = new HashMap<>(row);
    other.put(ATTRIBUTE, s("somebody's own"));
    putRow(key, other);
    WriteAnswer with = beat(key, "v1", "v2");
    assertThat(with.applied()).isTrue();
    assertThat(with.asked()).isEmpty();
    assertThat(row(key)).containsEntry(ATTRIBUTE, s("somebody's own"));
  }

  /** A lock that fits when it is granted can be renewed. */
  @Test
  default void heartbeat_makesAnItemNoLarger() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    Map<String, AttributeValue> before = row(key);
    beat(key, "v1", "v2");
    Map<String, AttributeValue> after = new HashMap<>(row(key));
    after.put("recordVersionNumber", s("v1"));
    after.put("sentBefore", s("v1 9999999999999"));
    assertThat(after).isEqualTo(before);
  }

  /** It has no heartbeats that could bring a request, but for updates of its data. */
  @Test
  default void lockOfASharedLease_isWithoutTheAttribute() {
    LockKey session = SessionKey.create(new Random(), false);
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    write(new LockWrite.Takeover(key, shared(session), "v1"));
    SdkBytes data = SdkBytes.fromUtf8String("d");
    WriteAnswer answer =
        write(
            new LockWrite.Heartbeat(
                key, "me", List.of("v3"), "v4", new LockWrite.Update(data, SEED + 2), session));

    assertThat(answer.applied()).isTrue();
    assertThat(row(key)).doesNotContainKey(ATTRIBUTE);
  }

  private static LockWrite.Grant shared(LockKey session) {
    return new LockWrite.Grant("me", LEASE, "v3", SEED, null, UserAttributes.NONE, session);
  }
}
