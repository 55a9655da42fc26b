package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of the table's clock, from the {@code Date} of DynamoDB's answers (protocol section 9).
 * All clients of a table see that clock, whatever their own clocks say.
 *
 * <p>A {@code Date} d, cut to the second, in the answer to a request that was sent at s and
 * received at r: the clock of the host that answered was in [d, d + 1 s) between s and r. So at a
 * later x it is at least d + (x - r), and less than d + 1 s + (x - s). The lower bound counts the
 * smaller difference of this machine's two clocks, as if they were fast; the upper bound counts the
 * larger one, as if they were slow. Where each {@code Date} is right within E, the lower bound is
 * at most E after the true time, and the upper bound at most E before it.
 *
 * <p>The bounds of several answers are combined: of those that agree, the closest; where two hosts
 * differ, both. Two answers that differ by more than 2E contradict each other: a {@code Date} jumps
 * or stands still, or this machine's clocks stood still. Then there are no bounds until a later
 * {@code Date} agrees with the last one. Used by one thread.
 */
public final class TableClock {
  private static final long SECOND = 1_000 * ClockReading.NANOS_PER_MILLI;

  /** How long the bounds of an answer are used: they are wider by a quarter of its age. */
  private static final long MAX_AGE = Duration.ofHours(1).toNanos();

  /** How far the two clocks of this machine may differ: time daemons make small steps. */
  private static final long STEP = SECOND;

  /**
   * Besides a step, the clocks may differ by this part of the time that passed: both may have any
   * tolerated rate.
   */
  private static final long RATE_PART = 4;

  /** No host shows a later date; and nanoseconds since 1970 fit into a long. */
  private static final Instant LAST_DATE = Instant.parse("2200-01-01T00:00:00Z");

  private final long tolerated;
  private final boolean isTrusted;
  private @Nullable Bounds known;

  /** The date that contradicted those before it, until a later one agrees. */
  private @Nullable Instant doubted;

  /**
   * A bound of the table's clock at an instant of this machine's.
   *
   * @param at the instant
   * @param nanos the bound at that instant, in nanoseconds since 1970
   */
  private record Anchor(ClockReading at, long nanos) {

    /** Whether the clocks of this machine tell how much time has passed since. */
    boolean reaches(ClockReading later) {
      long age = later.monotonicSince(at);
      return age >= 0 && age <= MAX_AGE && clocksAgree(at, later);
    }

    long lowAt(ClockReading later) {
      return nanos + least(at, later);
    }

    long highAt(ClockReading later) {
      return nanos + most(at, later);
    }
  }

  private record Bounds(Anchor low, Anchor high) {

    boolean contradicts(Bounds before, ClockReading at, long tolerated) {
      return low.lowAt(at) - before.high.highAt(at) > tolerated
          || before.low.lowAt(at) - high.highAt(at) > tolerated;
    }

    /** Each bound is right. Where two hosts differ, the later upper bound is the careful one. */
    Bounds and(Bounds before, ClockReading at) {
      boolean overlap =
          low.lowAt(at) <= before.high.highAt(at) && before.low.lowAt(at) <= high.highAt(at);
      boolean isEarlier = high.highAt(at) <= before.high.highAt(at);
      return new Bounds(
          low.lowAt(at) >= before.low.lowAt(at) ? low : before.low,
          overlap == isEarlier ? high : before.high);
    }
  }

  /**
   * Creates a clock without bounds.
   *
   * @param maxDateError E: how far the {@code Date} of an answer may be off true time, besides
   *     being cut to the second
   */
  public TableClock(Duration maxDateError) {
    this(maxDateError, true);
  }

  /** A clock that never has bounds, for a client that does not trust the table's. */
  public static TableClock unknown() {
    return new TableClock(Duration.ZERO, false);
  }

  private TableClock(Duration maxDateError, boolean isTrusted) {
    this.tolerated = 2 * maxDateError.toNanos();
    this.isTrusted = isTrusted;
  }

  /**
   * Records the {@code Date} of an answer.
   *
   * @param date the date
   * @param sentAt taken before the first attempt of the request was sent
   * @param receivedAt taken after the answer was received
   */
  public void answer(Instant date, ClockReading sentAt, ClockReading receivedAt) {
    boolean isPlausible = date.isAfter(Instant.EPOCH) && date.isBefore(LAST_DATE);
    if (!isTrusted || !isPlausible || !clocksAgree(sentAt, receivedAt)) {
      return;
    }
    long nanos = date.toEpochMilli() * ClockReading.NANOS_PER_MILLI;
    Bounds answered = new Bounds(new Anchor(receivedAt, nanos), new Anchor(sentAt, nanos + SECOND));
    Bounds before = known;
    if (before == null) {
      known = answered;
      return;
    }
    // Answers may come out of order.
    boolean isLate = receivedAt.monotonicSince(before.low().at()) < 0;
    ClockReading at = isLate ? before.low().at() : receivedAt;
    boolean isComparable = before.low().reaches(at) && before.high().reaches(at);
    if (!isComparable || answered.contradicts(before, at, tolerated)) {
      known = answered;
      doubted = isComparable || doubted != null ? date : null;
      return;
    }
    known = answered.and(before, at);
    if (doubted != null && date.isAfter(doubted)) {
      doubted = null;
    }
  }

  /**
   * The table's clock is not earlier than this.
   *
   * @param now the current moment
   * @return milliseconds since 1970; empty if unknown
   */
  public OptionalLong lowerBound(ClockReading now) {
    Bounds bounds = known;
    return bounds == null || doubted != null || !bounds.low().reaches(now)
        ? OptionalLong.empty()
        : OptionalLong.of(Math.floorDiv(bounds.low().lowAt(now), ClockReading.NANOS_PER_MILLI));
  }

  /**
   * The table's clock is not later than this.
   *
   * @param now the current moment
   * @return milliseconds since 1970; empty if unknown
   */
  public OptionalLong upperBound(ClockReading now) {
    Bounds bounds = known;
    return bounds == null || doubted != null || !bounds.high().reaches(now)
        ? OptionalLong.empty()
        : OptionalLong.of(-Math.floorDiv(-bounds.high().highAt(now), ClockReading.NANOS_PER_MILLI));
  }

  private static boolean clocksAgree(ClockReading earlier, ClockReading later) {
    long monotonic = later.monotonicSince(earlier);
    return Math.abs(later.wallSince(earlier) - monotonic) <= STEP + monotonic / RATE_PART;
  }

  /** The least time that passed: neither clock runs faster than 9/8 of true time. */
  private static long least(ClockReading earlier, ClockReading later) {
    long elapsed = Math.min(later.monotonicSince(earlier), later.wallSince(earlier));
    return Math.max(0, elapsed) / 9 * 8;
  }

  /** The most time that passed: a clock that counted all of it ran at 8/9 of true time or more. */
  private static long most(ClockReading earlier, ClockReading later) {
    // The wall clock is cut to the millisecond.
    long wall = later.wallSince(earlier) + ClockReading.NANOS_PER_MILLI;
    return (Math.max(later.monotonicSince(earlier), wall) / 8 + 1) * 9;
  }
}
