package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import org.jspecify.annotations.Nullable;

/**
 * An immutable snapshot of a lease, from which any thread can tell whether the lock is held.
 *
 * @param confirmedAt when the last confirmed grant or renewal was sent
 * @param usableNanos how long a lease is good from then
 * @param suspectedAt when the clocks were found unreliable, and no renewal was sent since; null if
 *     they were not
 */
public record LeaseView(
    ClockReading confirmedAt, long usableNanos, @Nullable ClockReading suspectedAt) {

  /**
   * The status of the lease.
   *
   * @param now the current moment
   * @return good, suspect or over
   */
  public LeaseStatus status(ClockReading now) {
    if (now.monotonicSince(confirmedAt) >= usableNanos) {
      return LeaseStatus.OVER;
    }
    if (suspectedAt != null || now.wallSince(confirmedAt) >= usableNanos) {
      return LeaseStatus.SUSPECT;
    }
    return LeaseStatus.GOOD;
  }

  /**
   * How long the lease is good without another renewal.
   *
   * @param now the current moment
   * @return nanoseconds; zero unless the lease is good
   */
  public long remainingNanos(ClockReading now) {
    return status(now) == LeaseStatus.GOOD ? usableNanos - now.holderElapsedSince(confirmedAt) : 0;
  }
}
