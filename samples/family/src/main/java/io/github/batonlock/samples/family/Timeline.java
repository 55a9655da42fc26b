package io.github.batonlock.samples.family;

import java.time.Duration;
import java.util.Locale;

/** What happened, line by line, with the seconds since the start and who did it. */
final class Timeline {
  private final long start = System.nanoTime();

  /** Adds a line. */
  synchronized void add(String who, String what) {
    System.out.printf(Locale.ROOT, "+%5.1f s  %-10s  %s%n", seconds(elapsed()), who, what);
  }

  /** The time since the start. */
  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** A duration in seconds, with one digit. */
  static String show(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", seconds(duration));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
