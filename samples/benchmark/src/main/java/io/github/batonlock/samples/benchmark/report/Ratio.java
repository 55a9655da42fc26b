package io.github.batonlock.samples.benchmark.report;

/**
 * A figure of Baton's next to what it is compared with.
 *
 * @param what what was measured
 * @param against what it is compared with
 * @param value Baton's figure divided by the other one, or the figure itself where it has a limit
 * @param shown the value with its unit
 * @param goal what it should be
 * @param met whether it is
 */
public record Ratio(
    String what, String against, double value, String shown, String goal, boolean met) {

  /** A ratio that should not be above a limit. */
  public static Ratio atMost(String what, String against, double value, double limit) {
    return new Ratio(
        what,
        against,
        value,
        Figures.times(value),
        "at most " + Figures.times(limit),
        value <= limit);
  }

  /** A ratio that should not be below a limit. */
  public static Ratio atLeast(String what, String against, double value, double limit) {
    return new Ratio(
        what,
        against,
        value,
        Figures.times(value),
        "at least " + Figures.times(limit),
        value >= limit);
  }

  /** A figure with a unit that should be below a limit. */
  public static Ratio below(String what, String against, double value, double limit, String unit) {
    return new Ratio(
        what,
        against,
        value,
        Figures.plain(value) + " " + unit,
        "below " + Figures.plain(limit) + " " + unit,
        value < limit);
  }

  /** A ratio without a goal. */
  public static Ratio of(String what, String against, double value) {
    return new Ratio(what, against, value, Figures.times(value), "", true);
  }
}
