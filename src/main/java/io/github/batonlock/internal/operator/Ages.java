package io.github.batonlock.internal.operator;

import java.time.Duration;

/** Durations as people read them. */
public final class Ages {
  private Ages() {}

  /**
   * A duration in words, by its two largest units: {@code 2 minutes 5 seconds}.
   *
   * @param duration not negative
   * @return rounded down to the second; milliseconds below one second
   */
  public static String inWords(Duration duration) {
    if (duration.toDays() > 0) {
      return of(duration.toDays(), "day") + and(duration.toHoursPart(), "hour");
    } else if (duration.toHours() > 0) {
      return of(duration.toHours(), "hour") + and(duration.toMinutesPart(), "minute");
    } else if (duration.toMinutes() > 0) {
      return of(duration.toMinutes(), "minute") + and(duration.toSecondsPart(), "second");
    } else if (duration.toSeconds() > 0 || duration.isZero()) {
      return of(duration.toSeconds(), "second");
    }
    return of(duration.toMillis(), "millisecond");
  }

  private static String of(long number, String unit) {
    return number + " " + unit + (number == 1 ? "" : "s");
  }

  private static String and(int number, String unit) {
    return number == 0 ? "" : " " + of(number, unit);
  }
}
