package io.github.batonlock.samples.benchmark;

import java.time.Duration;

/** How much is measured. */
public enum Scale {
  /** A minute or two, to see that everything runs; its figures mean little. */
  QUICK,
  /** About a quarter of an hour. */
  FULL;

  /** The number for this scale. */
  public int pick(int quick, int full) {
    return this == QUICK ? quick : full;
  }

  /** The time for this scale. */
  public Duration pickSeconds(int quick, int full) {
    return Duration.ofSeconds(pick(quick, full));
  }
}
