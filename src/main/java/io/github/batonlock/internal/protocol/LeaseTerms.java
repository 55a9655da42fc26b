package io.github.batonlock.internal.protocol;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * The durations of one lock (protocol section 2): lease L, usable part U = 0.8 L, heartbeat
 * interval H with H &lt;= U/3.
 *
 * @param lease how long a silent holder keeps others out
 * @param heartbeat how often the holder renews
 */
public record LeaseTerms(Duration lease, Duration heartbeat) {

  /** In shorter leases than this, jitter takes most of the time. */
  public static final Duration MIN_LEASE = Duration.ofMillis(100);

  /** With a longer lease than this, a lock would in effect never become free again. */
  public static final Duration MAX_LEASE = Duration.ofDays(31);

  private static final Duration MIN_HEARTBEAT = Duration.ofMillis(10);

  /**
   * U/L in percent. Hosts' clocks may be slewed in opposite directions by up to r each: (1+r)/(1-r)
   * &lt;= 1/0.8 holds for r up to 11 %; chrony's default limit is 8.3 %, the kernel's 10 %.
   */
  private static final int USABLE_PERCENT = 80;

  private static final int TRIES_PER_LEASE = 3;

  /** The share of a lease that is the interval unless set; the incumbent's 5 s of 20 s. */
  private static final int INTERVALS_PER_LEASE = 4;

  /** The terms of a lease whose interval was not set: a quarter of the lease. */
  public static LeaseTerms of(Duration lease) {
    return new LeaseTerms(lease, lease.dividedBy(INTERVALS_PER_LEASE));
  }

  /** Checks the relation between the durations. */
  public LeaseTerms {
    if (lease.compareTo(MIN_LEASE) < 0 || lease.compareTo(MAX_LEASE) > 0) {
      throw new IllegalArgumentException(
          "leaseDuration "
              + seconds(lease)
              + " is out of range; use "
              + seconds(MIN_LEASE)
              + " to "
              + MAX_LEASE.toDays()
              + " days");
    }
    if (!lease.equals(Duration.ofMillis(lease.toMillis()))) {
      throw new IllegalArgumentException(
          "leaseDuration " + lease + " is not in whole milliseconds, as lock items tell it");
    }
    if (heartbeat.compareTo(MIN_HEARTBEAT) < 0) {
      throw new IllegalArgumentException(
          "heartbeatInterval "
              + seconds(heartbeat)
              + " is too short; use at least "
              + seconds(MIN_HEARTBEAT));
    }
    Duration longest = usable(lease).dividedBy(TRIES_PER_LEASE);
    if (heartbeat.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "heartbeatInterval "
              + seconds(heartbeat)
              + " leaves no room for three tries within the "
              + seconds(usable(lease))
              + " that a "
              + seconds(lease)
              + " lease can be used; use at most "
              + seconds(longest)
              + ", or a longer lease");
    }
  }

  /**
   * U: how long the holder may use a lease.
   *
   * @return 80 % of the lease
   */
  public Duration usable() {
    return usable(lease);
  }

  /**
   * The time without a renewal after which a lease is in jeopardy.
   *
   * @return half of the usable lease or two heartbeat intervals, whichever is longer; less than the
   *     usable lease
   */
  public Duration jeopardyAfter() {
    // Computed in nanoseconds: Duration's own division uses big numbers.
    return Duration.ofNanos(Math.max(usable().toNanos() / 2, heartbeat.toNanos() * 2));
  }

  private static Duration usable(Duration lease) {
    return Duration.ofNanos(lease.toNanos() / 100 * USABLE_PERCENT);
  }

  private static String seconds(Duration duration) {
    // Rounded down, so that a proposed maximum is a legal value. Not computed in nanoseconds, which
    // cannot represent a lease of centuries.
    return BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .setScale(3, RoundingMode.FLOOR)
            .stripTrailingZeros()
            .toPlainString()
        + "s";
  }
}
