package io.github.batonlock.internal.store;

import static io.github.batonlock.internal.store.StoreFixture.acquire;
import static io.github.batonlock.internal.store.StoreFixture.grant;
import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What every store refuses because of its size, whatever the item; and the largest it takes. */
interface LimitsContract extends StoreFixture {
  Instant EXPIRES = Instant.ofEpochSecond(1_767_225_600);

  private static List<String> versions(int number) {
    return IntStream.range(0, number).mapToObj(i -> "v" + i).toList();
  }

  private void isRefused(LockWrite write) {
    Map<String, AttributeValue> before = row(write.key());
    LockStoreException failure = failure(write);
    assertThat(failure.kind()).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(failure.mayHaveBeenApplied()).isFalse();
    assertThat(row(write.key())).isEqualTo(before);
  }

  @Test
  default void condition_ofAHundredVersions_isTheLongest() {
    LockKey key = newKey();
    write(acquire(key, "me", "v99"));
    List<String> hundred = versions(100);
    List<String> more = versions(101);

    for (LockWrite refused :
        List.of(
            new LockWrite.Heartbeat(key, "me", more, "w", null),
            new LockWrite.Handoff(key, "me", more, grant("me", "w")),
            new LockWrite.Release(key, "me", more, "w", null),
            new LockWrite.Delete(key, "me", more))) {
      isRefused(refused);
    }
    assertThat(write(new LockWrite.Heartbeat(key, "me", hundred, "v1", null)).applied()).isTrue();
    assertThat(write(new LockWrite.Handoff(key, "me", hundred, grant("me", "v2"))).applied())
        .isTrue();
    assertThat(write(new LockWrite.Release(key, "me", hundred, "v3", null)).applied()).isTrue();
    write(acquire(key, "me", "v4"));
    assertThat(write(new LockWrite.Delete(key, "me", hundred)).applied()).isTrue();
  }

  /** An attribute of a long name takes as much of it as one of a short name. */
  @Test
  default void expression_ofMoreThanFourKilobytes_isRefused() {
    LockKey key = newKey();
    isRefused(new LockWrite.Acquire(key, attributes(500), false));
    LockWrite.Acquire most = new LockWrite.Acquire(key, attributes(250), false);
    assertThat(write(most).applied()).isTrue();
    assertThat(read(key).attributes().values()).hasSize(250);
  }

  private static LockWrite.Grant attributes(int number) {
    Map<String, AttributeValue> values =
        IntStream.range(0, number).boxed().collect(Collectors.toMap(i -> "mine" + i, i -> s("x")));
    return new LockWrite.Grant("me", LEASE, "v", SEED, null, new UserAttributes(values));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  default void item_ofFourHundredKilobytes_isTheLargest_andCanBeReleased(boolean isShared) {
    LockKey key = newKey();
    LockKey session = isShared ? newSession() : null;
    int most = mostData(key, session);

    isRefused(full(key, session, most + 1));
    assertThat(write(full(key, session, most)).applied()).isTrue();

    LockWrite beat = new LockWrite.Heartbeat(key, "me", List.of("v1"), "v2", null, session);
    assertThat(write(beat).applied()).isTrue();
    LockWrite release = new LockWrite.Release(key, "me", List.of("v2"), "v3", null);
    assertThat(write(release).applied()).isTrue();
    assertThat(lock(read(key)).released()).isTrue();
    assertThat(lock(read(key)).data().asByteArrayUnsafe()).hasSize(most);
  }

  /** Nothing is told of a session that keeps it no more: there is room for its time to live. */
  @Test
  default void fullItem_ofASharedLock_canBeReleasedWithATimeToLive() {
    LockKey key = newKey();
    LockKey session = newSession();
    write(full(key, session, mostData(key, session)));

    LockWrite release = new LockWrite.Release(key, "me", List.of("v1"), "v2", EXPIRES);
    assertThat(write(release).applied()).isTrue();
    assertThat(row(key)).containsKey("ttl").doesNotContainKey("session");
  }

  @Test
  default void fullItem_ofALockWithItsOwnLease_canBeReleasedWithATimeToLive() {
    LockKey key = newKey();
    write(full(key, null, mostData(key, null)));

    LockWrite release = new LockWrite.Release(key, "me", List.of("v1"), "v2", EXPIRES);
    assertThat(write(release).applied()).isTrue();
    assertThat(row(key)).containsKey("ttl").doesNotContainKey("sentBefore");
  }

  private static LockWrite.Acquire full(LockKey key, @Nullable LockKey session, int data) {
    SdkBytes bytes = SdkBytes.fromByteArrayUnsafe(new byte[data]);
    return new LockWrite.Acquire(
        key,
        new LockWrite.Grant("me", LEASE, "v1", SEED, bytes, UserAttributes.NONE, session),
        false);
  }

  /** What is left of an item for data: DynamoDB counts names and values. */
  private static int mostData(LockKey key, @Nullable LockKey session) {
    int texts =
        Stream.of("key", key.partitionKey(), "ownerName", "me", "leaseDuration", "20000", "data")
            .mapToInt(String::length)
            .sum();
    int version = ("recordVersionNumber" + "v1").length();
    // Two digits of 1000001 go into a byte, and one more says how many there are.
    int token = "fencingToken".length() + 1 + 4;
    int lease =
        session == null
            ? "releaseRequest".length() + 1 + ("sentBefore" + "v1 9999999999999").length()
            : ("session" + "v1 " + session.partitionKey()).length();
    return 400 * 1024 - texts - version - token - lease;
  }
}
