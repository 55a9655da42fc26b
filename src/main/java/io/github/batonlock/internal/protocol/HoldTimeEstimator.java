package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;

/**
 * The usual time for which holders have a lock, learnt from observed holds: a running mean and mean
 * deviation, as TCP keeps of round trips. Used by one thread.
 *
 * <p>It decides when to look, never which lock may be taken.
 */
public final class HoldTimeEstimator {
  /** TCP's weights: a new value counts an eighth for the mean, a quarter for the deviation. */
  private static final int MEAN_WEIGHT = 8;

  private static final int DEVIATION_WEIGHT = 4;

  /** Few holds are shorter than the mean by more than this number of deviations. */
  private static final int EARLY = 2;

  /** Few holds are longer than the mean by more than this number of deviations. */
  private static final int LATE = 3;

  /**
   * The deviations between two looks of a client that waits alone, while the end of a hold is
   * likely. Simulated: where holds of 150 to 350 ms alternate between two processes, a hand-off
   * takes five requests and 40 ms; with 1.5 deviations four and a half, and 60 ms.
   */
  private static final double DEVIATIONS_PER_LOOK = 1;

  /** The shortest time between two looks, in nanoseconds. */
  public static final long SHORTEST = 25 * ClockReading.NANOS_PER_MILLI;

  private long mean;
  private long deviation;

  /** The number of holds whose end was seen, as far as it counts. */
  private int known;

  /**
   * Records the end of a hold.
   *
   * @param nanos how long it was seen
   */
  public void ended(long nanos) {
    known = Math.min(known + 1, MEAN_WEIGHT);
    if (known == 1) {
      mean = nanos;
      deviation = nanos / 2;
      return;
    }
    long error = nanos - mean;
    mean += error / known;
    deviation += (Math.abs(error) - deviation) / Math.min(known, DEVIATION_WEIGHT);
  }

  /**
   * Records that a hold has ended before the next one was seen.
   *
   * @param nanos the longest that it can have lasted
   */
  public void endedWithin(long nanos) {
    if (known == 0 || nanos < mean) {
      ended(nanos);
    }
  }

  /** Whether the end of a hold was seen. */
  public boolean isKnown() {
    return known > 0;
  }

  /** The mean time of holds, in nanoseconds; zero if it is not known. */
  public long mean() {
    return mean;
  }

  /**
   * The time between two looks while the end of a hold is likely.
   *
   * @param share one for a client that waits alone, more if others look as well
   * @return nanoseconds
   */
  public long distance(double share) {
    return Math.max(SHORTEST, (long) (deviation * DEVIATIONS_PER_LOOK * share));
  }

  /**
   * The time of the next look at a lock that has been held for a while.
   *
   * @param held since the hold began, in nanoseconds
   * @param share as for {@link #distance}
   * @return nanoseconds from now: first long, until the end of the hold becomes likely; then short;
   *     then longer and longer, as the lock is held for longer than usual
   */
  public long nextLook(long held, double share) {
    if (!isKnown()) {
      return Math.max(SHORTEST, held);
    }
    long distance = distance(share);
    // Where nearly all holds end between two looks, one look after that is enough.
    long first =
        deviation * (EARLY + LATE) <= 2 * SHORTEST
            ? mean + EARLY * deviation
            : mean - EARLY * deviation + distance;
    long end = Math.max(first, mean + LATE * deviation);
    if (held < first) {
      return Math.max(first - held, SHORTEST);
    }
    return held < end ? distance : Math.max(held - end, distance);
  }
}
