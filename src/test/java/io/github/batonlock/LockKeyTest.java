package io.github.batonlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LockKeyTest {

  @Test
  void key_withoutSortKey_hasItsPartitionKeyOnly() {
    LockKey key = LockKey.of("reports/2026-11");

    assertThat(key.partitionKey()).isEqualTo("reports/2026-11");
    assertThat(key.sortKey()).isEmpty();
    assertThat(key).hasToString("reports/2026-11");
  }

  @Test
  void key_withSortKey_hasBothParts() {
    LockKey key = LockKey.of("tenant", "job");

    assertThat(key.partitionKey()).isEqualTo("tenant");
    assertThat(key.sortKey()).hasValue("job");
    assertThat(key).hasToString("tenant/job");
  }

  @Test
  void keys_areEqualWhenBothPartsAre() {
    assertThat(LockKey.of("a")).isEqualTo(LockKey.of("a")).hasSameHashCodeAs(LockKey.of("a"));
    assertThat(LockKey.of("a", "b"))
        .isEqualTo(LockKey.of("a", "b"))
        .hasSameHashCodeAs(LockKey.of("a", "b"));
    assertThat(LockKey.of("a"))
        .isNotEqualTo(LockKey.of("b"))
        .isNotEqualTo(LockKey.of("a", "b"))
        .isNotEqualTo("a");
    assertThat(LockKey.of("a", "b"))
        .isNotEqualTo(LockKey.of("a", "c"))
        .isNotEqualTo(LockKey.of("b", "b"));
    // As texts they are the same.
    assertThat(LockKey.of("a/b")).isNotEqualTo(LockKey.of("a", "b"));
  }

  @Test
  @SuppressWarnings("NullAway")
  void nullPart_isRejectedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> LockKey.of(null))
        .withMessage("partition key");
    assertThatNullPointerException()
        .isThrownBy(() -> LockKey.of("a", null))
        .withMessage("sort key");
  }

  @Test
  void emptyPart_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of(""))
        .withMessage("The partition key of a lock must not be empty");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of("a", ""))
        .withMessage("The sort key of a lock must not be empty");
  }

  /** DynamoDB counts bytes of UTF-8, not characters. */
  @ParameterizedTest
  @CsvSource({"a, 1", "\u00e9, 2", "\u20ac, 3", "\ud83d\udd12, 4"})
  void part_isLimitedInBytesOfUtf8(String character, int bytes) {
    String longest = character.repeat(2_048 / bytes) + "a".repeat(2_048 % bytes);
    String longestSort = character.repeat(1_024 / bytes) + "a".repeat(1_024 % bytes);

    assertThat(LockKey.of(longest, longestSort).sortKey()).hasValue(longestSort);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of(longest + "a"))
        .withMessageStartingWith("The partition key '" + longest.substring(0, 32) + "...' takes")
        .withMessageEndingWith(
            "takes 2049 bytes of UTF-8; DynamoDB allows 2048. Use a shorter key, or a hash of it");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of("a", longestSort + "a"))
        .withMessageEndingWith(
            "takes 1025 bytes of UTF-8; DynamoDB allows 1024. Use a shorter key, or a hash of it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\udd12", "a\ud83d", "\ud83da", "\udd12\ud83d"})
  void unpairedSurrogate_isRejected_sinceTwoKeysWouldShareAnItem(String bad) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of(bad))
        .withMessage("The partition key of a lock is not well-formed Unicode (unpaired surrogate)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockKey.of("a", bad))
        .withMessageStartingWith("The sort key of a lock is not well-formed Unicode");
  }
}
