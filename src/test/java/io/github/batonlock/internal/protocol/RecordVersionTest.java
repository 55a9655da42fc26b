package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordVersionTest {
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);

  @Test
  void version_isMillisAndSixteenRandomBytes() {
    String version = RecordVersion.create(1_767_225_600_123L, random);

    assertThat(version).matches("1767225600123-[A-Za-z0-9_-]{22}");
    assertThat(RecordVersion.isOurs(version)).isTrue();
    assertThat(RecordVersion.epochMillis(version)).hasValue(1_767_225_600_123L);
  }

  @ParameterizedTest
  @CsvSource({
    "0,              0000000000000",
    "7,              0000000000007",
    "9999999999999,  9999999999999",
    "10000000000000, 9999999999999",
    "-1,             0000000000000",
  })
  void version_byAnyWallClock_hasThirteenDigits(long epochMillis, String digits) {
    String version = RecordVersion.create(epochMillis, random);

    assertThat(version).startsWith(digits + "-").hasSize(36);
    assertThat(RecordVersion.epochMillis(version)).hasValue(Long.parseLong(digits));
  }

  @Test
  void versions_ofOneMillisecond_areUniqueAndAllOurs() {
    Set<String> versions = new HashSet<>();
    SecureRandom secure = new SecureRandom();
    for (int i = 0; i < 100_000; i++) {
      String version = RecordVersion.create(1_767_225_600_000L, secure);
      assertThat(RecordVersion.isOurs(version)).isTrue();
      versions.add(version);
    }
    assertThat(versions).hasSize(100_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "6f1c9b7e-8a44-4f0e-9d4b-0a1b2c3d4e5f",
        "1767225600123",
        "1767225600123-",
        "1767225600123-AAAAAAAAAAAAAAAAAAAAA",
        "1767225600123-AAAAAAAAAAAAAAAAAAAAAAA",
        "1767225600123-AAAAAAAAAAAAAAAAAAAAA=",
        "1767225600123-AAAAAAAAAAAAAAAAAAAAA+",
        "1767225600123-AAAAAAAAAAAAAAAAAAAAAA\n",
        " 1767225600123-AAAAAAAAAAAAAAAAAAAAAA",
        "176722560012-AAAAAAAAAAAAAAAAAAAAAA",
        "17672256001234-AAAAAAAAAAAAAAAAAAAAAA",
        "-767225600123-AAAAAAAAAAAAAAAAAAAAAA",
        "1767225600123_AAAAAAAAAAAAAAAAAAAAAA",
        "\u0661767225600123-AAAAAAAAAAAAAAAAAAAAAA",
      })
  void version_ofAnotherForm_isForeign(String version) {
    assertThat(RecordVersion.isOurs(version)).isFalse();
    assertThat(RecordVersion.epochMillis(version)).isEmpty();
  }

  @Test
  void uuids_whichForeignClientsUse_areNeverOurs() {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 10_000; i++) {
      random.nextBytes(bytes);
      assertThat(RecordVersion.isOurs(UUID.nameUUIDFromBytes(bytes).toString())).isFalse();
    }
  }

  @Test
  void recognizable_hasItsOwnTimeAndTheRandomPartOfTheOther() {
    String id = RecordVersion.create(1_000, random);

    String version = RecordVersion.recognizable(2_000, id);

    assertThat(version).isNotEqualTo(id);
    assertThat(RecordVersion.isOurs(version)).isTrue();
    assertThat(RecordVersion.epochMillis(version)).hasValue(2_000);
    assertThat(RecordVersion.random(version)).isEqualTo(RecordVersion.random(id)).hasSize(22);
  }
}
