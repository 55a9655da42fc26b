package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableClockTest {
  private static final long MILLI = ClockReading.NANOS_PER_MILLI;
  private static final long DATE = 1_767_225_600_000L;

  /** The wall clock of this machine, 11 minutes behind: only its differences count. */
  private static final long WALL = DATE - 660_000;

  private final TableClock clock = new TableClock(Duration.ofSeconds(5));

  @Test
  void clock_withoutAnAnswer_hasNoBounds() {
    assertUnknownAt(0, 0);
  }

  @Test
  void answer_whenReceived_leavesOpenTheCutSecondAndTheRoundTrip() {
    answer(0, 0, 80);

    // The upper bound counts from the send, by a clock that may be slow by a ninth.
    assertBoundsAt(80, 80, 0, 1_000 + 90 + 2);
  }

  /** The clock may be fast for the lower bound, and slow for the upper one. */
  @Test
  void bounds_later_growByTheSlowestAndTheFastestRate() {
    answer(0, 0, 0);

    assertBoundsAt(9_000, 9_000, 8_000, 1_000 + 10_125 + 2);
  }

  /** Suspended for less than what is noticed: only the wall clock has counted that. */
  @Test
  void upperBound_afterASuspend_countsTheWallClock_andTheLowerBoundTheMonotonic() {
    answer(0, 0, 0);

    assertBoundsAt(900, 1_800, 800, 1_000 + 2_025 + 2);
  }

  @Test
  void upperBound_afterABackwardStep_countsTheMonotonicClock_andTheLowerBoundTheWall() {
    answer(0, 0, 0);

    assertBoundsAt(1_800, 900, 800, 1_000 + 2_025 + 1);
  }

  @Test
  void lowerBound_whereTheWallClockHasGoneBackward_staysAtTheDate() {
    answer(0, 0, 0);

    assertBoundsAt(80, -100, 0, 1_000 + 90 + 1);
  }

  /** A step of a second, and opposite rates. */
  @ParameterizedTest
  @CsvSource({"8000, 3000", "-8000, -3000", "0, -1000", "0, 1000"})
  void clocksOfThisMachine_thatDiffer_leaveNoBounds(long monotonic, long wallAhead) {
    answer(0, -Math.abs(monotonic), -Math.abs(monotonic));
    ClockReading now = reading(0, wallAhead);
    assertThat(clock.lowerBound(now)).isPresent();
    assertThat(clock.upperBound(now)).isPresent();

    long further = wallAhead < 0 ? -1 : 1;
    assertUnknownAt(0, wallAhead + further);
    // The step was undone.
    assertThat(clock.lowerBound(now)).isPresent();
  }

  @Test
  void bounds_areForgotten_afterAnHour() {
    answer(0, 0, 0);

    assertThat(clock.upperBound(reading(3_600_000, 3_600_000))).isPresent();
    assertUnknownAt(3_600_001, 3_600_001);
  }

  @Test
  void moment_beforeTheLastAnswer_hasNoLowerBound() {
    answer(0, 100, 500);

    assertThat(clock.lowerBound(reading(499, 499))).isEmpty();
    assertThat(clock.upperBound(reading(499, 499))).isPresent();
    assertUnknownAt(99, 99);
  }

  // Several answers

  @Test
  void dates_aroundTheTurnOfASecond_narrowTheBounds() {
    answer(0, 0, 0);
    answer(1_000, 90, 90);

    // At least the second date; less than a second, and what has passed since, after the first.
    assertBoundsAt(90, 90, 1_000, 1_000 + 102 + 1);
  }

  @Test
  void olderAnswer_thatSaysMore_stillCounts() {
    answer(1_000, 0, 0);
    answer(1_000, 900, 900);

    assertBoundsAt(900, 900, 1_800, 2_000 + 2);
  }

  /**
   * The lower bound of the one ahead; the upper bound of it, too, since it may be the right one.
   */
  @Test
  void hosts_thatDiffer_areBothBelieved() {
    answer(4_000, 0, 0);
    answer(0, 0, 0);
    assertBoundsAt(0, 0, 4_000, 5_000 + 2);

    answer(9_000, 0, 0);
    assertBoundsAt(0, 0, 9_000, 10_000 + 2);
  }

  /** A second was cut, and each host may be off by E. */
  @ParameterizedTest
  @CsvSource({"11001, true", "-11001, true", "11002, false", "-11002, false"})
  void dates_whichDifferByTwiceTheError_agree_andContradictBeyond(long ahead, boolean agree) {
    answer(0, 0, 0);
    answer(ahead, 0, 0);

    assertThat(clock.lowerBound(reading(0, 0)).isPresent()).isEqualTo(agree);
    assertThat(clock.upperBound(reading(0, 0)).isPresent()).isEqualTo(agree);
  }

  @Test
  void bounds_afterAContradiction_areUnknown_untilALaterDateAgreesWithTheLast() {
    answer(0, 0, 0);
    // One answer from a host that is an hour ahead.
    answer(3_600_000, 1_000, 1_000);
    assertUnknownAt(1_000, 1_000);
    answer(2_000, 2_000, 2_000);
    assertUnknownAt(2_000, 2_000);
    answer(2_000, 2_500, 2_500);
    assertUnknownAt(2_500, 2_500);

    answer(3_000, 3_000, 3_000);

    assertBoundsAt(3_000, 3_000, 3_000, 3_000 + 563 + 1);
  }

  /** Neither clock of a paused virtual machine counts the pause. */
  @Test
  void pause_thatNoClockOfThisMachineSaw_leavesNoBounds_untilTheSecondAnswerAfterIt() {
    answer(0, 0, 0);
    answer(3_600_000, 1_000, 1_000);
    assertUnknownAt(1_000, 1_000);

    answer(3_601_000, 2_000, 2_000);

    assertBoundsAt(2_000, 2_000, 3_601_000, 3_602_000 + 2);
  }

  /** A shorter one looks like two hosts that differ: then the later upper bound counts. */
  @Test
  void shortPause_thatNoClockOfThisMachineSaw_movesTheUpperBound() {
    answer(0, 0, 0);
    answer(7_000, 1_000, 1_000);

    assertBoundsAt(1_000, 1_000, 7_000, 8_000 + 2);
  }

  /** Twice the error and the cut second, by a clock that may be fast. */
  @Test
  void date_thatStandsStill_lowersNoUpperBound_andIsNoticed() {
    answer(0, 0, 0);
    for (long passed = 250; passed <= 12_250; passed += 250) {
      answer(0, passed, passed);
      long upper = clock.upperBound(reading(passed, passed)).orElseThrow();
      assertThat(upper - DATE).isGreaterThan(passed);
    }

    for (long passed = 12_500; passed < 60_000; passed += 250) {
      answer(0, passed, passed);
      assertUnknownAt(passed, passed);
    }

    answer(60_000, 60_000, 60_000);
    answer(61_000, 61_000, 61_000);
    assertThat(clock.upperBound(reading(61_000, 61_000))).isPresent();
  }

  /** Looked at rarely, too: what the clocks of this machine forget is not the doubt. */
  @Test
  void dateInDoubt_staysInDoubt_whenTheClocksOfThisMachineDifferMeanwhile() {
    answer(0, 0, 0);
    answer(0, 20_000, 20_000);
    assertUnknownAt(20_000, 20_000);

    clock.answer(date(0), reading(40_000, 90_000), reading(40_000, 90_000));
    assertUnknownAt(40_000, 90_000);

    clock.answer(date(1_000), reading(41_000, 91_000), reading(41_000, 91_000));
    assertBoundsAt(41_000, 91_000, 1_000, 2_000 + 2);
  }

  @Test
  void answers_onBothSidesOfAStep_areNotCompared() {
    answer(0, 0, 0);

    clock.answer(date(90_000), reading(1_000, 91_000), reading(1_000, 91_000));

    assertBoundsAt(1_000, 91_000, 90_000, 91_000 + 2);
  }

  @Test
  void answer_thatComesOutOfOrder_counts() {
    answer(1_000, 500, 900);

    answer(1_000, 100, 300);

    assertBoundsAt(900, 900, 1_533, 2_000 + 451 + 1);
  }

  @Test
  void answer_duringWhichTheClocksDiffered_isIgnored() {
    clock.answer(date(0), reading(0, 0), reading(100, 1_200));

    assertUnknownAt(100, 1_200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1970-01-01T00:00:00Z",
        "2200-01-01T00:00:00Z",
        "-1000000000-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59Z"
      })
  void date_thatNoHostShows_isIgnored(String date) {
    clock.answer(Instant.parse(date), reading(0, 0), reading(0, 0));

    assertUnknownAt(0, 0);
  }

  private void answer(long dateMillis, long sentMillis, long receivedMillis) {
    clock.answer(
        date(dateMillis), reading(sentMillis, sentMillis), reading(receivedMillis, receivedMillis));
  }

  private static Instant date(long millis) {
    return Instant.ofEpochMilli(DATE + millis);
  }

  private static ClockReading reading(long monotonicMillis, long wallMillis) {
    return new ClockReading(-77_000_000_000L + monotonicMillis * MILLI, WALL + wallMillis);
  }

  private void assertBoundsAt(long monotonic, long wall, long lower, long upper) {
    assertThat(clock.lowerBound(reading(monotonic, wall)).orElseThrow() - DATE).isEqualTo(lower);
    assertThat(clock.upperBound(reading(monotonic, wall)).orElseThrow() - DATE).isEqualTo(upper);
  }

  private void assertUnknownAt(long monotonic, long wall) {
    assertThat(clock.lowerBound(reading(monotonic, wall))).isEmpty();
    assertThat(clock.upperBound(reading(monotonic, wall))).isEmpty();
  }
}
