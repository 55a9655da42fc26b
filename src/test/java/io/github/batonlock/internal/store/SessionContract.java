package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.LEASE;
import static io.github.batonlock.internal.store.StoreFixture.SEED;
import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store does with handoffs, and with the writes that open, name and end sessions. */
interface SessionContract extends StoreFixture {
  Instant EXPIRY = Instant.ofEpochSecond(2_000_000_000L);

  private static LockWrite.Grant shared(String owner, String version, LockKey session) {
    return new LockWrite.Grant(owner, LEASE, version, SEED, null, UserAttributes.NONE, session);
  }

  private static LockWrite.End end(LockKey key, @Nullable String observed, String version) {
    return new LockWrite.End(key, observed, "you", LEASE, version, EXPIRY);
  }

  @Test
  default void handoff_ownVersion_isANewHolderWithTheNextToken() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    LockWrite handoff = new LockWrite.Handoff(key, "me", List.of("v0", "v1"), grant("me", "v2"));

    WriteAnswer answer = write(handoff);

    assertThat(answer.applied()).isTrue();
    assertThat(lock(answer.item()).version()).isEqualTo("v2");
    assertThat(lock(answer.item()).fencingToken()).hasValue(SEED + 2);
    assertThat(write(handoff).applied()).isFalse();
  }

  @Test
  default void handoff_ofWhatIsNotOursAnyMore_isRejectedWithTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    write(new LockWrite.Takeover(key, grant("you", "v2"), "v1"));
    WriteAnswer answer =
        write(new LockWrite.Handoff(key, "me", List.of("v1", "v2"), grant("me", "v3")));
    assertThat(answer.applied()).isFalse();
    assertThat(answer.item()).isEqualTo(read(key));
    write(new LockWrite.Release(key, "you", List.of("v2"), "v4", null));
    assertThat(
            write(new LockWrite.Handoff(key, "you", List.of("v4"), grant("you", "v5"))).applied())
        .isFalse();
  }

  @Test
  default void open_newKey_isHeld_andNeverOpenedTwice() {
    LockKey session = newSession();
    assertThat(write(new LockWrite.Open(session, grant("me", "v1"))).applied()).isTrue();
    assertThat(write(new LockWrite.Open(session, grant("me", "v2"))).applied()).isFalse();
    write(new LockWrite.Release(session, "me", List.of("v1"), "v3", EXPIRY));

    WriteAnswer again = write(new LockWrite.Open(session, grant("me", "v4")));

    assertThat(again.applied()).isFalse();
    assertThat(lock(again.item()).released()).isTrue();
  }

  @Test
  default void grant_withASession_namesItUntilSomebodyElseWrites() {
    LockKey key = newKey();
    LockKey session = newSession();
    write(new LockWrite.Acquire(key, shared("me", "v1", session), false));
    assertThat(lock(read(key)).session()).isEqualTo(session);
    assertThat(row(key)).containsEntry("session", s("v1 " + session.partitionKey()));

    write(new LockWrite.Heartbeat(key, "me", List.of("v1"), "v2", null, session));
    assertThat(lock(read(key)).session()).isEqualTo(session);

    write(new LockWrite.Heartbeat(key, "me", List.of("v2"), "v3", null));
    assertThat(lock(read(key)).session()).isNull();

    write(new LockWrite.Takeover(key, grant("you", "v4"), "v3"));
    assertThat(row(key)).doesNotContainKey("session");
  }

  @Test
  default void end_observedVersion_isReleasedForGood() {
    LockKey session = newSession();
    write(new LockWrite.Open(session, grant("me", "v1")));
    assertThat(write(end(session, "v0", "v2")).applied()).isFalse();

    assertThat(write(end(session, "v1", "v2")).applied()).isTrue();

    assertThat(lock(read(session)).released()).isTrue();
    assertThat(row(session)).containsEntry("ttl", n("2000000000"));
    assertThat(write(new LockWrite.Heartbeat(session, "me", List.of("v1", "v2"), "v3", null)))
        .matches(answer -> !answer.applied());
    assertThat(write(end(session, "v2", "v4")).applied()).isFalse();
  }

  @Test
  default void end_ofAMissingSession_putsAnEndedOne_andOnlyWhereItIsMissing() {
    LockKey session = newSession();
    assertThat(write(end(session, "v1", "v2")).applied()).isFalse();

    assertThat(write(end(session, null, "v2")).applied()).isTrue();

    assertThat(lock(read(session)).released()).isTrue();
    assertThat(lock(read(session)).ownerName()).isEqualTo("you");
    assertThat(write(end(session, null, "v3")).applied()).isFalse();
  }

  @Test
  default void end_ofWhatIsNoSession_leavesItAsItIs() {
    LockKey session = newSession();
    Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
    row.remove("ownerName");
    putRow(session, row);
    assertThat(write(end(session, "v1", "v2")).applied()).isFalse();
    assertThat(row(session)).isEqualTo(row);
  }
}
