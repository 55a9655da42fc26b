package io.github.batonlock.internal.protocol;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The comparison of the monotonic clock with the {@code Date} of DynamoDB's answers (protocol
 * section 2).
 *
 * <p>Each answer bounds the offset between both: the server's time was within the second after its
 * {@code Date}, at some moment between send and receipt. Bounds grow with time by the rate that
 * leases tolerate; a new answer outside of them means that this clock stood still, jumped, or runs
 * at another rate. Used by one thread.
 */
public final class ClockSkewDetector {
  private static final long MILLI = 1_000_000;

  /** The server's dates are truncated to the second. */
  private static final long DATE_RESOLUTION = 1_000 * MILLI;

  /** The margin for servers' own clocks, and for their caching of the formatted date. */
  private static final long SLACK = 500 * MILLI;

  /** Slower answers bound the offset too little. */
  private static final long MAX_ROUND_TRIP = 2_000 * MILLI;

  /** U/L = 0.8 tolerates clocks that run 1/9 too slowly: the server counts 9/8 of their time. */
  private static final long AHEAD_DIVISOR = 8;

  /** And clocks that run 1/9 too fast: the server counts 9/10 of their time. */
  private static final long BEHIND_DIVISOR = 10;

  private boolean started;
  private long low;
  private long high;
  private long at;

  /**
   * Records an answer.
   *
   * @param sent the monotonic clock before the send
   * @param received the monotonic clock after the receipt
   * @param date the answer's {@code Date}
   * @return empty if the clocks agree; else the time that the monotonic clock did not count (or
   *     counted too much, negative)
   */
  public Optional<Duration> answered(long sent, long received, Instant date) {
    if (received - sent > MAX_ROUND_TRIP) {
      return Optional.empty();
    }
    long server = date.toEpochMilli() * MILLI;
    long newLow = server - received - SLACK;
    long newHigh = server + DATE_RESOLUTION - sent + SLACK;
    long elapsed = started ? Math.max(0, received - at) : 0;
    long oldLow = low - elapsed / BEHIND_DIVISOR;
    long oldHigh = high + elapsed / AHEAD_DIVISOR;
    boolean agree = !started || (newLow <= oldHigh && newHigh >= oldLow);
    low = started && agree ? Math.max(newLow, oldLow) : newLow;
    high = started && agree ? Math.min(newHigh, oldHigh) : newHigh;
    at = received;
    started = true;
    if (agree) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(newLow > oldHigh ? newLow - oldHigh : newHigh - oldLow));
  }
}
