package io.github.batonlock.internal.protocol;

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

  /** The number of looks in one deviation, during the time when the end of the hold is likely. */
  private static final int LOOKS_PER_DEVIATION = 4;

  private long mean;
  private long deviation;
  private boolean known;

  /**
   * Records the end of a hold.
   *
   * @param nanos how long it was seen
   */
  public void ended(long nanos) {
    if (!known) {
      known = true;
      mean = nanos;
      deviation = nanos / 2;
      return;
    }
    long error = nanos - mean;
    mean += error / MEAN_WEIGHT;
    deviation += (Math.abs(error) - deviation) / DEVIATION_WEIGHT;
  }

  /**
   * The time of the next look at a lock that has been held for a while.
   *
   * @param held since it was first seen, in nanoseconds
   * @return nanoseconds from now: first long, until the end of the hold becomes likely; then short;
   *     then longer and longer, as the lock is held for longer than usual
   */
  public long nextLook(long held) {
    long begin = mean - EARLY * deviation;
    long end = mean + LATE * deviation;
    if (held < begin) {
      return begin - held;
    }
    return held < end ? deviation / LOOKS_PER_DEVIATION : Math.max(held - end, deviation);
  }
}
