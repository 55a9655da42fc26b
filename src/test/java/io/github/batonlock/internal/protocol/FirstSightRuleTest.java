package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstSightRuleTest {
  private static final String OURS = "1767225600000-AAAAAAAAAAAAAAAAAAAAAA";
  private static final String FOREIGN = "5b0e7a64-6b8e-4c62-9c79-8d5c3f8f0d8f";
  private static final long SENT = 1_767_225_600_000L;
  private static final Duration LEASE = Duration.ofSeconds(20);

  private final FirstSightRule rule = new FirstSightRule(Duration.ofSeconds(5));

  // version, lease, what has to pass: L(1 + g) + 2E + 1 s
  @ParameterizedTest
  @CsvSource({
    OURS + ", 20000, 31000",
    OURS + ", 100, 11100",
    OURS + ", 2678400000, 2678411000",
    FOREIGN + ", 20000, 36000"
  })
  void lock_isTaken_onceTheLeaseAndTheErrorOfTwoHostsHavePassed(
      String version, long leaseMillis, long passed) {
    Duration lease = Duration.ofMillis(leaseMillis);
    SentBefore stamp = new SentBefore(version, SentBefore.inRange(SENT));

    assertThat(rule.freeAfter(version, lease, stamp)).hasValue(SENT + passed);
    assertThat(mayTakeOver(version, lease, stamp, SENT + passed)).isFalse();
    assertThat(mayTakeOver(version, lease, stamp, SENT + passed + 1)).isTrue();
  }

  /** Foreign clients write leases in any unit. */
  @Test
  void lease_withAFractionOfAMillisecond_isRoundedUp() {
    SentBefore stamp = new SentBefore(OURS, SentBefore.inRange(SENT));

    assertThat(rule.freeAfter(OURS, LEASE.plusNanos(100), stamp)).hasValue(SENT + 31_001);
  }

  @Test
  void error_thatTheUserSets_countsTwice() {
    SentBefore stamp = new SentBefore(OURS, SentBefore.inRange(SENT));

    assertThat(new FirstSightRule(Duration.ZERO).freeAfter(OURS, LEASE, stamp))
        .hasValue(SENT + 21_000);
    assertThat(new FirstSightRule(Duration.ofMillis(300)).freeAfter(OURS, LEASE, stamp))
        .hasValue(SENT + 21_600);
  }

  @Test
  void lock_withoutAStatementOnItsVersion_isNeverTakenAtFirstSight() {
    SentBefore ofAnother = new SentBefore(FOREIGN, SentBefore.inRange(SENT));
    SentBefore unknown = new SentBefore(OURS, SentBefore.UNKNOWN);
    long late = 9_999_999_999_999L;

    assertThat(mayTakeOver(OURS, LEASE, null, late)).isFalse();
    assertThat(mayTakeOver(OURS, LEASE, ofAnother, late)).isFalse();
    assertThat(mayTakeOver(OURS, LEASE, unknown, Long.MAX_VALUE)).isFalse();
    assertThat(mayTakeOver(OURS, LEASE, SentBefore.UNREADABLE, Long.MAX_VALUE)).isFalse();
    assertThat(rule.freeAfter(OURS, LEASE, unknown)).isEmpty();
  }

  @Test
  void lock_isNotTaken_whereTheTableClockIsUnknown() {
    SentBefore stamp = new SentBefore(OURS, SentBefore.inRange(0));

    assertThat(rule.mayTakeOver(OURS, LEASE, stamp, OptionalLong.empty())).isFalse();
  }

  @Test
  void mark_isLeft_whereNothingReadableTellsOfTheVersion() {
    assertThat(FirstSightRule.wantsMark(OURS, null)).isTrue();
    assertThat(wantsMark(new SentBefore(OURS, SentBefore.UNKNOWN))).isTrue();
    assertThat(wantsMark(new SentBefore(FOREIGN, SentBefore.inRange(SENT)))).isTrue();

    assertThat(wantsMark(new SentBefore(OURS, SentBefore.inRange(SENT)))).isFalse();
    assertThat(wantsMark(SentBefore.UNREADABLE)).isFalse();
  }

  private static boolean wantsMark(SentBefore statement) {
    return FirstSightRule.wantsMark(OURS, statement);
  }

  private boolean mayTakeOver(
      String version, Duration lease, @Nullable SentBefore statement, long lowerBound) {
    return rule.mayTakeOver(version, lease, statement, OptionalLong.of(lowerBound));
  }
}
