package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.SentBefore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;

/** What every store does with the writes of a holder: heartbeat, release, delete. */
interface HolderContract extends StoreFixture {
  Duration REST = Duration.ofMillis(59_700);

  @Test
  default void heartbeat_ownVersion_changesTheVersionOnly() {
    LockKey key = newKey();
    StoredItem before = write(acquire(key, "me", "v1")).item();
    WriteAnswer answer = write(heartbeat(key, "me", "v2", "v1"));
    assertThat(answer.applied()).isTrue();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(lock(read(key)).version()).isEqualTo("v2");
    assertThat(lock(read(key)).fencingToken()).isEqualTo(lock(before).fencingToken());
    assertThat(lock(read(key)).ownerName()).isEqualTo("me");
  }

  @Test
  default void heartbeat_withData_replacesIt() {
    LockKey key = newKey();
    write(new LockWrite.Acquire(key, grant("me", "v1", SdkBytes.fromUtf8String("a")), false));
    long token = lock(read(key)).fencingToken().orElseThrow();
    SdkBytes data = SdkBytes.fromUtf8String("b");
    write(
        new LockWrite.Heartbeat(key, "me", List.of("v1"), "v2", new LockWrite.Update(data, token)));
    assertThat(lock(read(key)).data()).isEqualTo(data);
  }

  /** The version has come back by a late duplicate of the write that made it; the data is newer. */
  @Test
  default void heartbeat_withDataOfAnotherHold_isRejected() {
    LockKey key = newKey();
    write(new LockWrite.Acquire(key, grant("me", "v1", SdkBytes.fromUtf8String("new")), false));
    long earlier = lock(read(key)).fencingToken().orElseThrow() - 1;
    SdkBytes old = SdkBytes.fromUtf8String("old");
    WriteAnswer answer =
        write(
            new LockWrite.Heartbeat(
                key, "me", List.of("v1"), "v2", new LockWrite.Update(old, earlier)));
    assertThat(answer.applied()).isFalse();
    assertThat(lock(read(key)).data()).isEqualTo(SdkBytes.fromUtf8String("new"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  default void heartbeat_oneOfTheCandidates_isApplied(int candidates) {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    List<String> versions = new ArrayList<>(Collections.nCopies(candidates - 1, ""));
    versions.replaceAll(v -> "no-" + newKey());
    versions.add("v1");
    assertThat(write(new LockWrite.Heartbeat(key, "me", versions, "v2", null)).applied()).isTrue();
  }

  @Test
  default void heartbeat_over100Candidates_failsAsInvalid() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    List<String> versions = Collections.nCopies(101, "v1");
    assertThat(failure(new LockWrite.Heartbeat(key, "me", versions, "v2", null)).kind())
        .isEqualTo(Kind.INVALID_REQUEST);
  }

  @Test
  default void holdersWrites_otherVersion_areRejectedWithTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    assertRejected(key, "me", "v0", "v1");
  }

  @Test
  default void holdersWrites_otherOwner_areRejectedWithTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    assertRejected(key, "you", "v1", "v1");
  }

  @Test
  default void holdersWrites_releasedLock_areRejectedWithTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    write(new LockWrite.Release(key, "me", List.of("v1"), "v2", null));
    assertRejected(key, "me", "v1", "v2");
    assertRejected(key, "me", "v2", "v2");
  }

  @Test
  default void holdersWrites_absentItem_areRejectedWithoutAnItem() {
    LockKey key = newKey();
    for (LockWrite write : holdersWrites(key, "me", "v1")) {
      WriteAnswer answer = write(write);
      assertThat(answer.applied()).isFalse();
      assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    }
  }

  @Test
  default void release_withExpiry_freesTheLockAndSetsEpochSeconds() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    Instant expiry = Instant.parse("2030-01-01T00:00:00.900Z");
    WriteAnswer answer = write(new LockWrite.Release(key, "me", List.of("v1"), "v2", expiry));
    assertThat(answer.applied()).isTrue();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(lock(read(key)).released()).isTrue();
    assertThat(lock(read(key)).version()).isEqualTo("v2");
    assertThat(row(key))
        .containsEntry("isReleased", s("1"))
        .containsEntry("ttl", n("1893456000"))
        .containsEntry("ownerName", s("me"));
  }

  @Test
  default void release_withoutExpiry_leavesNoTtl() {
    LockKey key = newKey();
    putRow(
        key,
        Map.of(
            "ownerName", s("me"),
            "leaseDuration", s("20000"),
            "recordVersionNumber", s("v1"),
            "ttl", n("99")));
    assertThat(write(new LockWrite.Release(key, "me", List.of("v1"), "v2", null)).applied())
        .isTrue();
    assertThat(row(key)).doesNotContainKey("ttl");
  }

  @Test
  default void keepClosed_ownVersion_leavesAHoldWithTheRestAsItsLease() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    OptionalLong token = lock(read(key)).fencingToken();

    WriteAnswer answer =
        write(
            new LockWrite.KeepClosed(
                key,
                "me",
                List.of("v0", "v1"),
                "v2",
                REST,
                true,
                SentBefore.stamp("v2", OptionalLong.empty())));

    assertThat(answer.applied()).isTrue();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    LockItem closed = lock(read(key));
    assertThat(closed.released()).isFalse();
    assertThat(closed.keptClosed()).isTrue();
    assertThat(closed.ownerName()).isEqualTo("me");
    assertThat(closed.version()).isEqualTo("v2");
    assertThat(closed.leaseDuration()).isEqualTo(REST);
    assertThat(closed.fencingToken()).isEqualTo(token);
    assertThat(row(key))
        .containsEntry("leaseDuration", s("59700"))
        .containsEntry("keptClosed", s("1"))
        .doesNotContainKeys("isReleased", "ttl", "session", "releaseRequest");
  }

  @Test
  default void keepClosed_thenTakenOver_leavesNoMark() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    write(
        new LockWrite.KeepClosed(
            key,
            "me",
            List.of("v1"),
            "v2",
            REST,
            true,
            SentBefore.stamp("v2", OptionalLong.empty())));
    assertThat(write(acquire(key, "you", "v3")).applied()).isFalse();

    assertThat(write(new LockWrite.Takeover(key, grant("you", "v4", null), "v2")).applied())
        .isTrue();

    assertThat(lock(read(key)).keptClosed()).isFalse();
    assertThat(row(key)).doesNotContainKey("keptClosed");
  }

  @Test
  default void delete_ownVersion_removesTheItem() {
    LockKey key = newKey();
    write(acquire(key, "me", "v1"));
    WriteAnswer answer = write(new LockWrite.Delete(key, "me", List.of("v0", "v1")));
    assertThat(answer.applied()).isTrue();
    assertThat(answer.item()).isEqualTo(StoredItem.UNKNOWN);
    assertThat(row(key)).isNull();
  }

  private void assertRejected(LockKey key, String owner, String candidate, String actual) {
    StoredItem before = read(key);
    assertThat(lock(before).version()).isEqualTo(actual);
    for (LockWrite write : holdersWrites(key, owner, candidate)) {
      WriteAnswer answer = write(write);
      assertThat(answer.applied()).as("%s", write).isFalse();
      assertThat(answer.item()).isEqualTo(before);
    }
    assertThat(read(key)).isEqualTo(before);
  }

  private static List<LockWrite> holdersWrites(LockKey key, String owner, String candidate) {
    return List.of(
        heartbeat(key, owner, "v9", candidate),
        new LockWrite.Release(key, owner, List.of(candidate), "v9", null),
        new LockWrite.KeepClosed(
            key,
            owner,
            List.of(candidate),
            "v9",
            REST,
            true,
            SentBefore.stamp("v9", OptionalLong.empty())),
        new LockWrite.Delete(key, owner, List.of(candidate)));
  }

  private static LockWrite heartbeat(LockKey key, String owner, String version, String... from) {
    return new LockWrite.Heartbeat(key, owner, List.of(from), version, null);
  }
}
