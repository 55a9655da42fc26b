package io.github.batonlock.internal.protocol;

import static io.github.batonlock.internal.protocol.SkewedMachine.MILLI;
import static io.github.batonlock.internal.protocol.SkewedMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.protocol.SkewedMachine.TrueTime;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** The bounds of the table's clock against true time. */
class TableClockPropertyTest {

  /** Whatever the rates, suspends, steps and hosts: within the hosts' error of true time. */
  @Property
  void bounds_atAnyTime_areRightWithinTheErrorOfTheHosts(
      @ForAll long seed, @ForAll @LongRange(min = 0, max = 5_000) long errorMillis) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    TrueTime time = new TrueTime();
    SkewedMachine machine = new SkewedMachine(random, time, Duration.ofMillis(errorMillis));
    for (int i = 0; i < 100; i++) {
      time.nanos += machine.some(30 * SECOND);
      if (random.nextInt(4) == 0) {
        machine.disturb(10 * SECOND);
      }
      if (random.nextInt(3) > 0) {
        machine.request(2 * SECOND);
      }
      boundsAreRight(machine, time, errorMillis);
    }
  }

  private static void boundsAreRight(SkewedMachine machine, TrueTime time, long errorMillis) {
    ClockReading now = machine.now();
    long earliest = Math.floorDiv(time.nanos, MILLI) - errorMillis;
    long latest = Math.floorDiv(time.nanos, MILLI) + errorMillis;

    OptionalLong lower = machine.tableClock.lowerBound(now);
    OptionalLong upper = machine.tableClock.upperBound(now);

    lower.ifPresent(bound -> assertThat(bound).isLessThanOrEqualTo(latest));
    upper.ifPresent(bound -> assertThat(bound).isGreaterThanOrEqualTo(earliest));
  }

  /** With good clocks, the bounds are there, and close. */
  @Property(tries = 200)
  void bounds_whereNothingIsWrong_areWithinASecondAndTheRoundTrip(
      @ForAll @LongRange(min = 0, max = 999) long fraction,
      @ForAll @LongRange(min = 1, max = 500) long roundTrip,
      @ForAll @LongRange(min = 100, max = 5_000) long pause) {
    TableClock clock = new TableClock(Duration.ofSeconds(5));
    long now = 1_767_225_600_000L + fraction;
    for (int i = 0; i < 50; i++) {
      long sent = now;
      now += roundTrip;
      long answeredAt = sent + roundTrip / 2;
      clock.answer(date(answeredAt), good(sent), good(now));
      now += pause;

      // The bounds grow by a ninth and an eighth of the time since the answer.
      assertThat(clock.lowerBound(good(now)).orElseThrow())
          .isBetween(now - 1_000 - roundTrip - pause / 8 - 2, now);
      assertThat(clock.upperBound(good(now)).orElseThrow())
          .isBetween(now, now + 1_000 + roundTrip + (pause + roundTrip) / 8 + 4);
    }
  }

  /** A proxy that shows one date without end, to a client that knew a good one. */
  @Property(tries = 200)
  void date_thatStandsStill_leavesTheUpperBoundRight_untilThereAreNoBounds(
      @ForAll @LongRange(min = 0, max = 999) long fraction,
      @ForAll @LongRange(min = 1, max = 5_000) long pause,
      @ForAll @IntRange(min = 0, max = 5) int before) {
    TableClock clock = new TableClock(Duration.ofSeconds(5));
    long now = 1_767_225_600_000L + fraction;
    for (int i = 0; i < before; i++) {
      clock.answer(date(now), good(now), good(now));
      now += 700;
    }
    long frozenAt = now;
    while (now < frozenAt + 20_000) {
      clock.answer(date(frozenAt), good(now), good(now));
      OptionalLong upper = clock.upperBound(good(now));
      if (upper.isPresent()) {
        // Short of true time by the cut second at most, and by what a fast clock counts too much.
        assertThat(upper.getAsLong()).isGreaterThan(now - 1_200);
      }
      now += pause;
    }
    assertThat(clock.upperBound(good(now - pause))).isEmpty();
    assertThat(clock.lowerBound(good(now - pause))).isEmpty();
  }

  private static Instant date(long millis) {
    return Instant.ofEpochSecond(Math.floorDiv(millis, 1_000));
  }

  private static ClockReading good(long millis) {
    return new ClockReading(millis * MILLI - 1_767_225_600_000L * MILLI, millis + 17);
  }
}
