package io.github.batonlock.internal.protocol;

/**
 * How long holders usually have a lock, learnt from when they were seen to come and go: a running
 * mean and mean deviation, as TCP keeps of round trips. Used by one thread.
 *
 * <p>Says when to look, never what may be taken.
 */
public final class HoldTimes {
  /** TCP's: an eighth of what is new for the mean, a quarter for the deviation. */
  private static final int MEAN_WEIGHT = 8;

  private static final int DEVIATION_WEIGHT = 4;

  /** Few holds are shorter than the mean by more than this many deviations. */
  private static final int EARLY = 2;

  /** Nor longer than it by more than this many. */
  private static final int LATE = 3;

  /** Looks in one deviation of the time when the end is likely. */
  private static final int LOOKS_PER_DEVIATION = 4;

  private long mean;
  private long deviation;
  private boolean known;

  /**
   * A hold was seen to end.
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
   * When to look next at a lock that has been held for a while.
   *
   * @param held since it was first seen, in nanoseconds
   * @return nanoseconds from now: until its end becomes likely; then short; then ever longer, as it
   *     is held for longer than others
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
