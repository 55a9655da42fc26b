package io.github.batonlock.internal.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoreFixture;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.UserAttributes;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What is written is what is read, for any values. */
class ItemCodecPropertyTest {
  private static final LockKey KEY = LockKey.of("k");
  private static final long MAX_LEASE_MILLIS = 31_622_400_000L;

  /** Well-formed texts: a lone surrogate has no place in DynamoDB. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .withCharRange('\u0000', '\ud7ff')
        .withCharRange('\ue000', '\uffff')
        .ofMinLength(1)
        .ofMaxLength(50);
  }

  @Provide
  Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(200).injectNull(0.2);
  }

  @Provide
  Arbitrary<Map<String, String>> attributes() {
    return Arbitraries.maps(
            texts().filter(name -> !LockAttributes.isReserved(name) && !name.equals("key")),
            texts())
        .ofMaxSize(3);
  }

  @Property
  void hold_fromGrantToRelease_readsAsItWasWritten(
      @ForAll("texts") String owner,
      @ForAll @LongRange(min = 1, max = MAX_LEASE_MILLIS) long leaseMillis,
      @ForAll @Size(3) List<@NotEmpty String> ends,
      @ForAll @LongRange(min = 0, max = 1L << 62) long seed,
      @ForAll("bytes") byte @Nullable [] bytes,
      @ForAll("attributes") Map<String, String> texts) {
    List<String> versions = List.of("a" + ends.get(0), "b" + ends.get(1), "c" + ends.get(2));
    InMemoryLockStore table = new InMemoryLockStore();
    SdkBytes data = bytes == null ? null : SdkBytes.fromByteArray(bytes);
    Duration lease = Duration.ofMillis(leaseMillis);
    UserAttributes attributes =
        new UserAttributes(
            texts.entrySet().stream()
                .collect(
                    Collectors.toMap(Map.Entry::getKey, e -> AttributeValue.fromS(e.getValue()))));
    LockWrite.Grant grant =
        new LockWrite.Grant(owner, lease, versions.get(0), seed, data, attributes);
    for (LockWrite write :
        List.of(
            new LockWrite.Acquire(KEY, grant, false),
            new LockWrite.Heartbeat(
                KEY,
                owner,
                versions,
                versions.get(1),
                data == null ? null : new LockWrite.Update(data, seed + 1)),
            new LockWrite.Release(KEY, owner, versions, versions.get(2), null))) {
      assertThat(table.write(write, StoreFixture.TIMEOUTS).join().applied()).isTrue();

      StoredItem stored = table.read(KEY, true, StoreFixture.TIMEOUTS).join().item();
      LockItem item = StoreFixture.lock(stored);

      assertThat(item.ownerName()).isEqualTo(owner);
      assertThat(item.leaseDuration()).isEqualTo(lease);
      assertThat(item.fencingToken()).hasValue(seed + 1);
      assertThat(item.data()).isEqualTo(data);
      assertThat(item.released()).isEqualTo(write instanceof LockWrite.Release);
      assertThat(stored.attributes()).isEqualTo(attributes);
    }
    assertThat(
            table.read(KEY, true, StoreFixture.TIMEOUTS).join().item().hasVersion(versions.get(2)))
        .isTrue();
  }

  @Property
  void lease_asBatonWritesIt_isReadAsItWas(
      @ForAll @LongRange(min = 1, max = MAX_LEASE_MILLIS) long millis) {
    Duration lease = Duration.ofMillis(millis);

    assertThat(LeaseText.parse(LeaseText.format(lease))).hasValue(lease);
  }

  @Property
  void lease_ofAnyText_isNoneOrWithinItsLimits(@ForAll String text) {
    LeaseText.parse(text)
        .ifPresent(lease -> assertThat(lease).isBetween(Duration.ofNanos(1), LeaseText.MAX));
  }

  @Property
  void key_ofOneOrTwoParts_isReadAsItWasWritten(
      @ForAll("texts") String partition, @ForAll("texts") String sort) {
    ItemCodec plain = new ItemCodec("key", null);
    ItemCodec sorted = new ItemCodec("pk", "sk");
    LockKey one = LockKey.of(partition);
    LockKey two = LockKey.of(partition, sort);

    assertThat(plain.keyOf(plain.keyOf(one))).hasValue(one);
    assertThat(sorted.keyOf(sorted.keyOf(two))).hasValue(two);
  }
}
