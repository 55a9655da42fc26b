package io.github.batonlock.simulation;

import java.time.Duration;

/**
 * One moment, by the world's clock and by one node's.
 *
 * @param world nanoseconds since the world began
 * @param monotonic the node's monotonic clock, in nanoseconds
 * @param epochMillis the node's wall clock
 */
record Reading(long world, long monotonic, long epochMillis) {

  /** The larger of both clocks' differences since an earlier moment, as protocol section 2 says. */
  long holderElapsedSince(Reading earlier) {
    return Math.max(
        monotonic - earlier.monotonic,
        Duration.ofMillis(epochMillis - earlier.epochMillis).toNanos());
  }
}
