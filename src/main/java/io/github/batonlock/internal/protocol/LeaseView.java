package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import org.jspecify.annotations.Nullable;

/**
 * What any thread needs to know to say whether a lock is held: an immutable snapshot.
 *
 * @param confirmedAt when the last confirmed grant or renewal was sent
 * @param usableNanos how long a lease is good from then
 * @param suspectedAt when the clocks were found unreliable, and no renewal was sent since; null if
 *     they were not
 */
public record LeaseView(
    ClockReading confirmedAt, long usableNanos, @Nullable ClockReading suspectedAt) {

  /**
   * How the lease stands.
   *
   * @param now the current moment
   * @return good, suspect or over
   */
  public Standing standing(ClockReading now) {
    if (now.monotonicSince(confirmedAt) >= usableNanos) {
      return Standing.OVER;
    }
    if (suspectedAt != null || now.wallSince(confirmedAt) >= usableNanos) {
      return Standing.SUSPECT;
    }
    return Standing.GOOD;
  }

  /**
   * How long the lease is good without another renewal.
   *
   * @param now the current moment
   * @return nanoseconds; zero unless the lease is good
   */
  public long remainingNanos(ClockReading now) {
    return standing(now) == Standing.GOOD ? usableNanos - now.holderElapsedSince(confirmedAt) : 0;
  }
}
