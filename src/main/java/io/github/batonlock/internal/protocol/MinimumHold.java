package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;

/**
 * How long a lock stays closed to all callers, counted from its grant (protocol section 3).
 *
 * <p>Measured by the monotonic clock. Time that this clock misses makes the lock stay closed for
 * longer, never for less.
 *
 * @param duration the least time between the grant and the next one
 * @param grantedAt when the answer of the grant was in hand
 */
public record MinimumHold(Duration duration, ClockReading grantedAt) {
  private static final long NANOS_PER_MILLI = ClockReading.NANOS_PER_MILLI;

  /**
   * The rest of the time, as an item tells it.
   *
   * @param now the current moment
   * @return in whole milliseconds, rounded up; zero if the time is over
   */
  public Duration rest(ClockReading now) {
    long nanos = duration.toNanos() - now.monotonicSince(grantedAt);
    return nanos <= 0
        ? Duration.ZERO
        : Duration.ofMillis((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
