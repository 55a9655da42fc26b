package io.github.batonlock.samples.benchmark.report;

import java.util.Locale;

/** How figures are written: three digits that mean something, the same in every locale. */
public final class Figures {
  private static final double NANOS_PER_MILLI = 1e6;

  private Figures() {}

  /** A plain figure. */
  public static String plain(double value) {
    double size = Math.abs(value);
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "-";
    }
    if (size >= 100 || value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f", value);
  }

  /** A time given in nanoseconds, in milliseconds. */
  public static String millis(double nanos) {
    return plain(nanos / NANOS_PER_MILLI) + " ms";
  }

  /** A ratio. */
  public static String times(double value) {
    return plain(value) + " x";
  }
}
