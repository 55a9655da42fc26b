package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObservationTest {
  private static final long SECOND = 1_000_000_000;
  private static final long WRITTEN = 1_767_225_600_000L;
  private static final Duration LEASE = Duration.ofSeconds(20);
  private static final Limit REPLACED = Limit.of(16);
  private static final String FOREIGN = "6f1c9b7e-8a44-4f0e-9d4b-0a1b2c3d4e5f";

  private final String v1 = ours(1);
  private final String v2 = ours(2);
  private final String v3 = ours(3);

  @ParameterizedTest
  @CsvSource({
    // ours?, lease ms, the wait in ns
    "true,  20000, 20000000000",
    "false, 20000, 25000000000",
    "true,  100,   100000000",
    "false, 100,   125000000",
    "true,  1,     1000000",
    "false, 1,     1250000",
    "true,  31622400000, 31622400000000000",
    "false, 31622400000, 39528000000000000",
  })
  void takeover_isAllowedExactlyWhenTheWaitIsOver(boolean isOurs, long leaseMillis, long wait) {
    for (long since : new long[] {0, -3 * SECOND, Long.MAX_VALUE - wait / 2}) {
      Observation seen =
          Observation.first(item(isOurs ? v1 : FOREIGN, Duration.ofMillis(leaseMillis)), since);

      assertThat(seen.untilTakeover(since)).isEqualTo(wait);
      assertThat(seen.mayTakeOver(since)).isFalse();
      assertThat(seen.untilTakeover(since + wait - 1)).isEqualTo(1);
      assertThat(seen.mayTakeOver(since + wait - 1)).isFalse();
      assertThat(seen.untilTakeover(since + wait)).isZero();
      assertThat(seen.mayTakeOver(since + wait)).isTrue();
      assertThat(seen.untilTakeover(since + wait + SECOND)).isEqualTo(-SECOND);
      assertThat(seen.mayTakeOver(since + wait + SECOND)).isTrue();
    }
  }

  @Test
  void takeoverAndUntilTakeover_atAnyTime_agree() {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    for (int i = 0; i < 10_000; i++) {
      long since = random.nextLong();
      long lease = random.nextLong(1, 40_000);
      Observation seen =
          Observation.first(
              item(random.nextBoolean() ? v1 : FOREIGN, Duration.ofMillis(lease)), since);
      long now = since + random.nextLong(0, 60 * SECOND);

      assertThat(seen.mayTakeOver(now)).isEqualTo(seen.untilTakeover(now) <= 0);
      assertThat(seen.mayTakeOver(now + Math.max(0, seen.untilTakeover(now)))).isTrue();
    }
  }

  @Test
  void sameVersion_seenAgain_keepsTheFirstTime() {
    Observation seen = Observation.first(item(v1), 100);

    assertThat(seen.next(item(v1), 5 * SECOND, REPLACED)).isEqualTo(seen);
    assertThat(seen.since()).isEqualTo(100);
  }

  @Test
  void newVersion_startsOverWithItsOwnLease() {
    Observation seen =
        Observation.first(item(v1), 0).next(item(v2, Duration.ofSeconds(60)), 7 * SECOND, REPLACED);

    assertThat(seen.version()).isEqualTo(v2);
    assertThat(seen.since()).isEqualTo(7 * SECOND);
    assertThat(seen.untilTakeover(7 * SECOND)).isEqualTo(60 * SECOND);
  }

  @Test
  void replacedVersion_readOnceMore_neitherRestartsNorReplaces() {
    Observation seen = Observation.first(item(v1), 0).next(item(v2), 5 * SECOND, REPLACED);

    assertThat(seen.next(item(v1), 6 * SECOND, REPLACED)).isEqualTo(seen);
    assertThat(seen.next(item(v1), 6 * SECOND, REPLACED).next(item(v2), 7 * SECOND, REPLACED))
        .isEqualTo(seen);
  }

  /**
   * Regression: only the latest replaced version was known, and a read staler than one heartbeat
   * brought an older one back. The fast path then judged a live holder by a version it had long
   * replaced.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 16, 40})
  void anyReplacedVersion_readOnceMore_neitherRestartsNorReplaces(int heartbeats) {
    Observation seen = Observation.first(item(ours(0)), 0);
    for (int i = 1; i <= heartbeats; i++) {
      seen = seen.next(item(ours(i)), i * 5L * SECOND, REPLACED);
    }
    assertThat(seen.version()).isEqualTo(ours(heartbeats));
    for (int i = Math.max(0, heartbeats - 16); i < heartbeats; i++) {
      assertThat(seen.next(item(ours(i)), 999 * SECOND, REPLACED)).isEqualTo(seen);
    }
  }

  /** A late duplicate of an acquisition may be applied once more when its holder has released. */
  @Test
  void replacedVersion_withALargerToken_isNewsAndNoMoreReplaced() {
    Observation seen = Observation.first(item(v1, 4), 0).next(item(v2, 6), 5 * SECOND, REPLACED);
    Observation again = seen.next(item(v1, 7), 6 * SECOND, REPLACED);

    assertThat(again.version()).isEqualTo(v1);
    assertThat(again.since()).isEqualTo(6 * SECOND);
    assertThat(again.replaced()).containsExactly(v2);
    assertThat(again.next(item(v2, 6), 7 * SECOND, REPLACED)).isEqualTo(again);
    assertThat(again.next(item(v1, 7), 7 * SECOND, REPLACED)).isEqualTo(again);
  }

  @Test
  void replacedVersion_withoutAToken_isStale() {
    Observation seen = Observation.first(item(v1, 4), 0).next(item(v2, 6), 5 * SECOND, REPLACED);
    LockItem untold = new LockItem("a", LEASE, v1, false, OptionalLong.empty(), null);

    assertThat(seen.next(untold, 6 * SECOND, REPLACED)).isEqualTo(seen);
  }

  @Test
  void replacedVersions_areBoundedInNumber() {
    Observation seen = Observation.first(item(ours(0)), 0);
    for (int i = 1; i <= 1_000; i++) {
      seen = seen.next(item(ours(i)), i, REPLACED);
    }

    assertThat(seen.replaced()).hasSize(16).startsWith(ours(984)).endsWith(ours(999));
  }

  @Test
  void heartbeat_isSeenByASecondVersionOnly_andForALease() {
    Observation first = Observation.first(item(v1), 0);
    Observation second = first.next(item(v2), 5 * SECOND, REPLACED);

    assertThat(first.sawHeartbeat(SECOND)).isFalse();
    assertThat(second.sawHeartbeat(5 * SECOND)).isTrue();
    assertThat(second.sawHeartbeat(25 * SECOND - 1)).isTrue();
    assertThat(second.sawHeartbeat(25 * SECOND)).isFalse();
    assertThat(second.next(item(v3), 30 * SECOND, REPLACED).sawHeartbeat(30 * SECOND)).isTrue();
  }

  private static String ours(long number) {
    return (WRITTEN + number) + "-AAAAAAAAAAAAAAAAAAAAAA";
  }

  private static LockItem item(String version) {
    return item(version, LEASE);
  }

  private static LockItem item(String version, long token) {
    return new LockItem("a", LEASE, version, false, OptionalLong.of(token), null);
  }

  private static LockItem item(String version, Duration lease) {
    return new LockItem("a", lease, version, false, OptionalLong.of(1), null);
  }
}
