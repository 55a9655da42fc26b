package io.github.batonlock.samples.benchmark.contender;

import io.github.batonlock.samples.benchmark.report.Figures;
import java.time.Duration;

/**
 * How long a lease is and how often it is renewed.
 *
 * @param lease how long a silent holder keeps a lock
 * @param heartbeat the time between two renewals
 */
public record Timing(Duration lease, Duration heartbeat) {
  private static final double MILLIS_PER_SECOND = 1000;

  /** What both lock clients do unless told otherwise. */
  public static final Timing DEFAULT = new Timing(Duration.ofSeconds(20), Duration.ofSeconds(5));

  /** Half of that, to save time. */
  public static final Timing HALF = new Timing(Duration.ofSeconds(10), Duration.ofMillis(2500));

  /** The shape of the default, to save more time. */
  public static final Timing SHORT = new Timing(Duration.ofSeconds(4), Duration.ofSeconds(1));

  /** The shortest, for a quick look. */
  public static final Timing SHORTEST = new Timing(Duration.ofSeconds(2), Duration.ofMillis(500));

  @Override
  public String toString() {
    return "lease " + seconds(lease) + ", heartbeat every " + seconds(heartbeat);
  }

  private static String seconds(Duration duration) {
    return Figures.plain(duration.toMillis() / MILLIS_PER_SECOND) + " s";
  }
}
