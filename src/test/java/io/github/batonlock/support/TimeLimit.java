package io.github.batonlock.support;

import java.time.Duration;

/**
 * How long something may take, if the command line says so: {@code -Dbaton.chaos.minutes=1.5}, or
 * {@code -Dbaton.chaos.seconds=90}.
 */
public final class TimeLimit {
  private TimeLimit() {}

  /**
   * The limit of this name.
   *
   * @param name the property's, without the unit
   * @param otherwise what holds if neither property is set
   */
  public static Duration of(String name, Duration otherwise) {
    String minutes = System.getProperty(name + ".minutes", "");
    String seconds = System.getProperty(name + ".seconds", "");
    if (!minutes.isEmpty() && !seconds.isEmpty()) {
      throw new IllegalArgumentException(
          "both %1$s.minutes and %1$s.seconds are set; use one of them".formatted(name));
    }
    if (!minutes.isEmpty()) {
      return positive(name + ".minutes", minutes, 60_000);
    }
    return seconds.isEmpty() ? otherwise : positive(name + ".seconds", seconds, 1_000);
  }

  private static Duration positive(String property, String value, int millisPerUnit) {
    try {
      Duration limit = Duration.ofMillis((long) (Double.parseDouble(value) * millisPerUnit));
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException(property + " is " + value + "; it has to be positive");
      }
      return limit;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(property + " is '" + value + "', which is no number", e);
    }
  }
}
