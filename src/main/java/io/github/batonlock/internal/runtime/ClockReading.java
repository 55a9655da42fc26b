package io.github.batonlock.internal.runtime;

/**
 * An instant on both clocks of this machine (protocol section 2).
 *
 * @param nanos the monotonic clock, which stands still during a suspend
 * @param epochMillis the wall clock, which may be stepped
 */
public record ClockReading(long nanos, long epochMillis) {
  /** Converts between the units of the two clocks. */
  public static final long NANOS_PER_MILLI = 1_000_000;

  /**
   * The monotonic time since an earlier moment.
   *
   * @param earlier the earlier moment
   * @return nanoseconds
   */
  public long monotonicSince(ClockReading earlier) {
    return nanos - earlier.nanos;
  }

  /**
   * The wall clock's time since an earlier moment, negative after a backward step.
   *
   * @param earlier the earlier moment
   * @return nanoseconds
   */
  public long wallSince(ClockReading earlier) {
    return (epochMillis - earlier.epochMillis) * NANOS_PER_MILLI;
  }

  /**
   * A holder's elapsed time: the larger of both clocks' differences, since either may have missed
   * time. A backward step of the wall clock changes nothing.
   *
   * @param earlier the earlier moment
   * @return nanoseconds
   */
  public long holderElapsedSince(ClockReading earlier) {
    return Math.max(monotonicSince(earlier), wallSince(earlier));
  }
}
