package io.github.batonlock.samples.benchmark.measure;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * How long something took, many times; in nanoseconds, exact to three digits. One thread at a time.
 */
final class Latencies {
  private static final long LONGEST = Duration.ofHours(1).toNanos();

  private final Histogram histogram = new Histogram(LONGEST, 3);

  /** Adds a time; a negative one, from two clocks' rounding, is none at all. */
  void add(long nanos) {
    histogram.recordValue(Math.max(0, nanos));
  }

  long count() {
    return histogram.getTotalCount();
  }

  /** The time that so many percent did not exceed; NaN if there is none. */
  double percentile(double percent) {
    return count() == 0 ? Double.NaN : histogram.getValueAtPercentile(percent);
  }

  double median() {
    return percentile(50);
  }
}
