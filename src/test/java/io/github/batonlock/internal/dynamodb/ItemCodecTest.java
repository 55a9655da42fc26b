package io.github.batonlock.internal.dynamodb;

import static io.github.batonlock.internal.store.StoreFixture.lock;
import static io.github.batonlock.internal.store.StoreFixture.n;
import static io.github.batonlock.internal.store.StoreFixture.s;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.ItemState.NotALock;
import io.github.batonlock.internal.store.LockAttributes;
import io.github.batonlock.internal.store.MalformedRows;
import io.github.batonlock.internal.store.StoreFixture;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class ItemCodecTest {
  private final ItemCodec codec = new ItemCodec("key", null);

  @ParameterizedTest
  @CsvSource({
    "1, PT0.001S",
    "20000, PT20S",
    "0020000, PT20S",
    "31622400000, PT8784H",
    "20s, PT20S",
    "1m30s, PT1M30S",
    "1h0m0s, PT1H",
    "500ms, PT0.5S",
    "1.5h, PT1H30M",
    ".5s, PT0.5S",
    "1.s, PT1S",
    "+2s, PT2S",
    "1h15m30.918273645s, PT1H15M30.918273645S",
    "5us, PT0.000005S",
    "5\u00b5s, PT0.000005S",
    "5\u03bcs, PT0.000005S",
    "1ns, PT0.000000001S",
    "0.1ns, PT0.000000001S",
    "1s1s, PT2S",
    "0000000000000000000000000000000000000000000000000000000000020000, PT20S",
  })
  void leaseDuration_millisecondsOrGoDuration_isRead(String text, Duration expected) {
    assertThat(LeaseText.parse(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "0s",
        "-1",
        "-1s",
        "+1",
        "1.5",
        "s",
        ".s",
        "1 s",
        " 1s",
        "1S",
        "1d",
        "1s1",
        "1ss",
        "--1s",
        "1e3ms",
        "NaN",
        "Infinity",
        "PT20S",
        "20,000",
        "\u0661\u0662s",
        "31622400001",
        "8784h1ns",
        "00000000000000000000000000000000000000000000000000000000000020000",
        "99999999999999999999h",
      })
  void leaseDuration_anythingElse_isNoLease(String text) {
    assertThat(LeaseText.parse(text)).isEmpty();
  }

  @Test
  void leaseDuration_veryLongText_isNoLease() {
    assertThat(LeaseText.parse("1".repeat(100_000))).isEmpty();
    assertThat(LeaseText.parse("0".repeat(100_000) + "1")).isEmpty();
  }

  @Test
  void leaseDuration_written_isMilliseconds() {
    assertThat(LeaseText.format(Duration.ofSeconds(20))).isEqualTo("20000");
  }

  @Test
  void decode_noRow_isAbsent() {
    assertThat(codec.decode(null)).isEqualTo(StoredItem.ABSENT);
    assertThat(codec.decode(Map.of())).isEqualTo(StoredItem.ABSENT);
  }

  @Test
  void decode_fullRow_separatesProtocolFromUser() {
    Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
    row.put("key", s("k"));
    row.put("data", StoreFixture.b("bytes"));
    row.put("ttl", s("of a foreign type"));
    row.put("session", n("1"));
    row.put("mine", s("x"));
    StoredItem item = codec.decode(row);
    assertThat(lock(item).ownerName()).isEqualTo("somebody");
    assertThat(lock(item).leaseDuration()).hasSeconds(20);
    assertThat(lock(item).version()).isEqualTo("v1");
    assertThat(lock(item).released()).isFalse();
    assertThat(lock(item).fencingToken()).hasValue(7);
    assertThat(lock(item).data()).isEqualTo(SdkBytes.fromUtf8String("bytes"));
    assertThat(item.attributes().values()).isEqualTo(Map.of("mine", s("x")));
  }

  @Test
  void decode_sortKeyTable_takesBothKeysFromTheUsersAttributes() {
    ItemCodec sorted = new ItemCodec("pk", "sk");
    Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
    row.putAll(Map.of("pk", s("a"), "sk", s("b"), "key", s("the user's here")));
    assertThat(sorted.decode(row).attributes().values()).containsOnlyKeys("key");
    assertThat(sorted.keyOf(row)).hasValue(LockKey.of("a", "b"));
  }

  @Test
  void decode_releasedRowThatSaysNothingElse_isAFreeLock() {
    StoredItem item = codec.decode(Map.of("isReleased", s("1"), "recordVersionNumber", s("v")));
    assertThat(lock(item).released()).isTrue();
    assertThat(lock(item).ownerName()).isEmpty();
    assertThat(lock(item).leaseDuration()).isZero();
    assertThat(lock(item).fencingToken()).isEmpty();
    assertThat(lock(item).data()).isNull();
  }

  /** The condition of an acquisition asks for its type, and takes such a row. */
  @Test
  void decode_releasedRowWithAnEmptyVersion_isAFreeLock() {
    StoredItem item = codec.decode(Map.of("isReleased", s("1"), "recordVersionNumber", s("")));
    assertThat(lock(item).released()).isTrue();
    assertThat(lock(item).version()).isEmpty();
  }

  @Test
  void decode_releasedRow_tellsTheLastHolderAndItsLease() {
    StoredItem item = codec.decode(MalformedRows.released());
    assertThat(lock(item).released()).isTrue();
    assertThat(lock(item).ownerName()).isEqualTo("somebody");
    assertThat(lock(item).leaseDuration()).hasSeconds(20);
    assertThat(lock(item).fencingToken()).hasValue(7);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "7, 7",
    "7.0, 7",
    "1.5, 1",
    "1E+3, 1000",
    "9223372036854775805, 9223372036854775805",
    "9223372036854775805.9, 9223372036854775805"
  })
  void decode_anyNumberInRange_isAToken(String number, long expected) {
    Map<String, AttributeValue> row = new HashMap<>(MalformedRows.held());
    row.put("fencingToken", n(number));
    assertThat(lock(codec.decode(row)).fencingToken()).hasValue(expected);
  }

  /** Regression: a grant added one to the largest token, and could not read what it had written. */
  @ParameterizedTest
  @CsvSource({
    "9223372036854775804, true",
    "9223372036854775804.9, true",
    "9223372036854775805, false",
    "9223372036854775805.9, false",
  })
  void decode_forAGrant_tokenHasToHaveRoomToGrow(String number, boolean grows) {
    Map<String, AttributeValue> held = new HashMap<>(MalformedRows.held());
    held.put("fencingToken", n(number));
    Map<String, AttributeValue> released = new HashMap<>(MalformedRows.released());
    released.put("fencingToken", n(number));

    assertThat(codec.decode(held).state()).isInstanceOf(ItemState.Lock.class);
    assertThat(codec.decode(held).forGrant().state() instanceof ItemState.Lock).isEqualTo(grows);
    assertThat(codec.decode(released).forGrant().state() instanceof ItemState.Lock)
        .isEqualTo(grows);
    assertThat(codec.decode(released).state() instanceof ItemState.Lock).isEqualTo(grows);
  }

  @ParameterizedTest
  @MethodSource("io.github.batonlock.internal.store.MalformedRows#all")
  void decode_malformedRow_namesTheAttribute(Map<String, AttributeValue> row, String attribute) {
    NotALock finding = (NotALock) codec.decode(row).state();
    assertThat(finding.attribute()).isEqualTo(attribute);
    assertThat(finding.problem()).startsWith("is ").doesNotContain("somebody", "text");
  }

  @Test
  void decode_anyRowWhatever_neverThrows() {
    List<AttributeValue> values =
        Arrays.asList(
            null,
            s(""),
            s("1"),
            s("20s"),
            n("1"),
            n("not a number"),
            n("1E999999999"),
            n("-1E-999999999"),
            StoreFixture.b(""),
            AttributeValue.fromNul(true),
            AttributeValue.fromBool(false),
            AttributeValue.fromSs(List.of("1")),
            AttributeValue.fromL(List.of()),
            AttributeValue.fromM(Map.of()),
            AttributeValue.builder().build());
    List<String> names = List.copyOf(LockAttributes.RESERVED);
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      Map<String, AttributeValue> row = new HashMap<>();
      row.put("other", values.get(random.nextInt(values.size())));
      for (String name : names) {
        if (random.nextInt(4) > 0) {
          row.put(name, values.get(random.nextInt(values.size())));
        }
      }
      assertThat(codec.decode(row).state()).isNotEqualTo(ItemState.ABSENT);
    }
  }

  @Test
  void keyOf_lock_isTheAttributesOfTheTablesKey() {
    ItemCodec sorted = new ItemCodec("pk", "sk");
    LockKey plainKey = LockKey.of("a");
    LockKey sortedKey = LockKey.of("a", "b");
    assertThat(codec.keyOf(plainKey)).isEqualTo(Map.of("key", s("a")));
    assertThat(codec.keyOf(codec.keyOf(plainKey))).hasValue(plainKey);
    assertThat(sorted.keyOf(sortedKey)).isEqualTo(Map.of("pk", s("a"), "sk", s("b")));
    assertThat(sorted.keyOf(sorted.keyOf(sortedKey))).hasValue(sortedKey);
    assertThatThrownBy(() -> codec.keyOf(sortedKey))
        .isInstanceOf(KeySchemaException.class)
        .hasMessage("the key has a sort key, but no sort key attribute is configured");
    assertThatThrownBy(() -> sorted.keyOf(plainKey))
        .isInstanceOf(KeySchemaException.class)
        .hasMessage("the key lacks a value for the sort key attribute 'sk'");
  }

  @Test
  void keyOf_rowWithoutAUsableKey_isEmpty() {
    ItemCodec sorted = new ItemCodec("pk", "sk");
    assertThat(codec.keyOf(Map.of("key", n("1")))).isEmpty();
    assertThat(codec.keyOf(Map.of("key", s("")))).isEmpty();
    assertThat(codec.keyOf(Map.of("other", s("a")))).isEmpty();
    assertThat(sorted.keyOf(Map.of("pk", s("a")))).isEmpty();
    assertThat(sorted.keyOf(Map.of("pk", s("a"), "sk", n("1")))).isEmpty();
  }

  @Test
  void isReserved_protocolsNames_only() {
    assertThat(
            List.of(
                "ownerName",
                "leaseDuration",
                "recordVersionNumber",
                "isReleased",
                "data",
                "fencingToken",
                "session",
                "ttl"))
        .allMatch(LockAttributes::isReserved);
    assertThat(LockAttributes.isReserved("Data")).isFalse();
    assertThat(LockAttributes.isReserved("key")).isFalse();
  }
}
