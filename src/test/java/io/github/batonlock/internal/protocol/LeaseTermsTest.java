package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTermsTest {
  private static final Duration MAX = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  @Test
  void usable_ofTwentySeconds_isSixteen() {
    LeaseTerms terms = new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(5));

    assertThat(terms.usable()).isEqualTo(Duration.ofSeconds(16));
  }

  @ParameterizedTest
  @CsvSource({
    // lease ms, too long a heartbeat ms, the message's usable part, lease and longest heartbeat
    "20000,  8000, 16s,    20s,    5.333s, 5333",
    "20000,  5334, 16s,    20s,    5.333s, 5333",
    "1000,   300,  0.8s,   1s,     0.266s, 266",
    "100,    27,   0.08s,  0.1s,   0.026s, 26",
    "30000,  8001, 24s,    30s,    8s,     8000",
    "1234,   330,  0.987s, 1.234s, 0.329s, 329",
  })
  void heartbeat_beyondAThirdOfTheUsableLease_isRejectedWithTheLongestThatIsAccepted(
      long leaseMillis,
      long heartbeatMillis,
      String usable,
      String lease,
      String longest,
      long longestMillis) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> terms(leaseMillis, heartbeatMillis))
        .withMessage(
            "heartbeatInterval %s leaves no room for three tries within the %s that a %s lease can"
                + " be used; use at most %s, or a longer lease",
            seconds(heartbeatMillis), usable, lease, longest);

    assertThat(terms(leaseMillis, longestMillis).heartbeat()).hasMillis(longestMillis);
    assertThatIllegalArgumentException().isThrownBy(() -> terms(leaseMillis, longestMillis + 1));
  }

  @Test
  void heartbeat_exactlyAThirdOfTheUsableLease_isAcceptedAndANanosecondMoreIsNot() {
    Duration lease = Duration.ofSeconds(30);
    Duration third = Duration.ofSeconds(8);

    assertThatCode(() -> new LeaseTerms(lease, third)).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeaseTerms(lease, third.plusNanos(1)))
        .withMessageContaining("use at most 8s");
  }

  @Test
  void lease_atItsLimits_isAccepted() {
    assertThatCode(() -> new LeaseTerms(Duration.ofMillis(100), Duration.ofMillis(10)))
        .doesNotThrowAnyException();
    assertThatCode(() -> new LeaseTerms(Duration.ofDays(31), Duration.ofDays(8)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0.099999999S, 0.099s",
    "PT0S,           0s",
    "PT-0.002S,      -0.002s",
    "P31DT0.000001S, 2678400s",
    "P400000D,       34560000000s",
  })
  void lease_outsideItsLimits_isRejectedWithThem(Duration lease, String shown) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeaseTerms(lease, Duration.ofMillis(20)))
        .withMessage("leaseDuration " + shown + " is out of range; use 0.1s to 31 days");
  }

  /** Regression: messages counted in nanoseconds, and failed with an ArithmeticException. */
  @Test
  void durations_ofAnyLength_areRejectedAsArguments() {
    Duration min = Duration.ofSeconds(Long.MIN_VALUE);
    Duration lease = Duration.ofSeconds(20);

    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(MAX, lease));
    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(min, lease));
    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(lease, MAX));
    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(lease, min));
  }

  @Test
  void lease_withAPartOfAMillisecond_isRejectedSinceItemsCannotTellIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new LeaseTerms(Duration.ofSeconds(20).plusNanos(1), Duration.ofSeconds(5)))
        .withMessage(
            "leaseDuration PT20.000000001S is not in whole milliseconds, as lock items tell it");
  }

  @Test
  void heartbeat_belowTenMilliseconds_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LeaseTerms(Duration.ofSeconds(1), Duration.ofNanos(9_999_999)))
        .withMessage("heartbeatInterval 0.009s is too short; use at least 0.01s");
  }

  @ParameterizedTest
  @CsvSource({
    // lease, heartbeat, half of the usable lease or two heartbeats
    "20000, 5000, 10000",
    "20000, 5333, 10666",
    "20000, 4000, 8000",
    "20000, 3999, 8000",
    "20000, 10,   8000",
    "100,   26,   52",
  })
  void jeopardy_isHalfOfTheUsableLeaseOrTwoHeartbeats_beforeItIsOver(
      long lease, long heartbeat, long expected) {
    LeaseTerms terms = terms(lease, heartbeat);

    assertThat(terms.jeopardyAfter()).hasMillis(expected).isLessThan(terms.usable());
  }

  private static LeaseTerms terms(long leaseMillis, long heartbeatMillis) {
    return new LeaseTerms(Duration.ofMillis(leaseMillis), Duration.ofMillis(heartbeatMillis));
  }

  private static String seconds(long millis) {
    return (millis % 1000 == 0 ? Long.toString(millis / 1000) : Double.toString(millis / 1e3))
        + "s";
  }
}
