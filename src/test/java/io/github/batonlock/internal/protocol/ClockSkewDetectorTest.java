package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClockSkewDetectorTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** True time; the server's clock shows it, in whole seconds. */
  private long time = 1_767_225_600L * SECOND + 345 * MILLI;

  /** This machine's monotonic clock. */
  private long nanos = -77 * SECOND;

  private final ClockSkewDetector clock = new ClockSkewDetector();
  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);

  @Test
  void firstAnswer_hasNothingToDisagreeWith() {
    assertThat(request(20, 20)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.89, 0.905, 0.98, 1, 1.02, 1.095, 1.11})
  void clock_atAToleratedRate_agreesForHours(double rate) {
    for (int i = 0; i < 20_000; i++) {
      pass(random.nextLong(100, 2_000), rate);
      assertThat(request(random.nextLong(1, 400), random.nextLong(1, 400))).isEmpty();
    }
    assertThat(time).isGreaterThan((1_767_225_600L + 4 * 3_600) * SECOND);
  }

  /** Whatever is random is so within the bounds that the clock is built for. */
  @Test
  void clock_withRandomRatesPausesAndLatencies_raisesNoFalseAlarm() {
    double rate = 1;
    for (int i = 0; i < 100_000; i++) {
      if (i % 100 == 0) {
        rate = random.nextDouble(0.89, 1.11);
      }
      pass((long) Math.exp(random.nextDouble(0, Math.log(60_000))), rate);
      assertThat(request(random.nextLong(0, 1_500), random.nextLong(0, 1_500))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "5, 5", "10, 1", "30, 5", "3600, 60"})
  void timeThatOnlyTheServerSaw_isNoticedWithTheNextAnswer(long gapSeconds, long everySeconds) {
    for (int i = 0; i < 100; i++) {
      pass(everySeconds * 1_000, 1);
      assertThat(request(10, 10)).isEmpty();
    }
    time += gapSeconds * SECOND;

    Optional<Duration> unseen = request(10, 10);

    assertThat(unseen).isPresent();
    long tolerated = 2_000 + 20 + everySeconds * 125;
    assertThat(unseen.get())
        .isBetween(
            Duration.ofMillis(gapSeconds * 1_000 - tolerated), Duration.ofSeconds(gapSeconds));
  }

  @Test
  void timeThatOnlyThisMachineSaw_isNoticedAsNegative() {
    assertThat(request(10, 10)).isEmpty();
    nanos += 30 * SECOND;

    assertThat(request(10, 10))
        .hasValueSatisfying(
            unseen ->
                assertThat(unseen).isBetween(Duration.ofSeconds(-30), Duration.ofSeconds(-24)));
  }

  /** Two bounds that touch may both be true; a millisecond more, and they cannot. */
  @ParameterizedTest
  @CsvSource({"2000, 0", "2001, 1", "-2000, 0", "-2001, -1"})
  void bounds_thatJustTouch_agree(long aheadMillis, long reportedMillis) {
    Instant date = Instant.ofEpochSecond(1_767_225_600L);
    assertThat(clock.answered(0, 0, date)).isEmpty();

    assertThat(clock.answered(0, 0, date.plusMillis(aheadMillis)))
        .isEqualTo(
            reportedMillis == 0
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(reportedMillis)));
  }

  /** The monotonic clock counts from any instant, also from one long before 1970. */
  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE / 2, Long.MIN_VALUE / 2})
  void clock_ofAnyOrigin_agrees(long origin) {
    nanos = origin;
    for (int i = 0; i < 10; i++) {
      pass(1_000, 1);
      assertThat(request(10, 10)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {60, -60})
  void gap_onceReported_isNotReportedAgain(long seconds) {
    assertThat(request(10, 10)).isEmpty();
    time += seconds * SECOND;
    assertThat(request(10, 10)).isPresent();

    for (int i = 0; i < 100; i++) {
      pass(1_000, 1);
      assertThat(request(10, 10)).isEmpty();
    }
    time += 60 * SECOND;
    assertThat(request(10, 10)).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"0.7, 1000", "0.7, 5000", "1.3, 1000", "1.3, 5000", "1.3, 250", "0.7, 250"})
  void clock_atAWrongRate_isNoticedWithinAMinute(double rate, long everyMillis) {
    long began = time;
    Optional<Duration> unseen = Optional.empty();
    while (unseen.isEmpty()) {
      pass(everyMillis, rate);
      unseen = request(5, 5);
      assertThat(time - began).isLessThan(60 * SECOND);
    }
    assertThat(unseen.get().isNegative()).isEqualTo(rate > 1);
  }

  @Test
  void slowAnswer_boundsNothingAndIsIgnored() {
    assertThat(request(10, 10)).isEmpty();
    time += 60 * SECOND;
    assertThat(request(2_000, 1)).isEmpty();
    assertThat(request(1, 2_000)).isEmpty();

    assertThat(request(1_000, 1_000)).isPresent();
  }

  @Test
  void slowAnswer_asTheFirst_startsNothing() {
    assertThat(request(2_000, 1)).isEmpty();
    time += 60 * SECOND;

    assertThat(request(10, 10)).isEmpty();
  }

  /** Two requests are under way at once; the answer of the earlier comes later. */
  @Test
  void answers_outOfOrder_raiseNoAlarm() {
    for (int i = 0; i < 1_000; i++) {
      long sent = nanos;
      pass(100, 1);
      Instant date = date();
      pass(random.nextLong(1, 700), 1);
      assertThat(request(random.nextLong(1, 500), random.nextLong(1, 500))).isEmpty();
      pass(random.nextLong(1, 100), 1);
      assertThat(clock.answered(sent, nanos, date)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-450, 450})
  void servers_thatDifferByLessThanHalfASecond_raiseNoAlarm(long skewMillis) {
    for (int i = 0; i < 10_000; i++) {
      pass(random.nextLong(10, 1_000), 1);
      long sent = nanos;
      pass(2, 1);
      long skew = i % 2 == 0 ? skewMillis : 0;
      Instant date = Instant.ofEpochSecond((time + skew * MILLI) / SECOND);
      pass(2, 1);
      assertThat(clock.answered(sent, nanos, date)).isEmpty();
    }
  }

  /** A request at the current time, by latencies in milliseconds of this machine's clock. */
  private Optional<Duration> request(long thereMillis, long backMillis) {
    long sent = nanos;
    pass(thereMillis, 1);
    Instant date = date();
    pass(backMillis, 1);
    return clock.answered(sent, nanos, date);
  }

  private Instant date() {
    return Instant.ofEpochSecond(time / SECOND);
  }

  /** Lets true time go by, with this machine's clock at a rate. */
  private void pass(long millis, double rate) {
    time += millis * MILLI;
    nanos += (long) (millis * MILLI * rate);
  }
}
