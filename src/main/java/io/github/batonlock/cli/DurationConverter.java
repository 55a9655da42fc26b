package io.github.batonlock.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads durations: a number with a unit, as in {@code 500ms}, or ISO-8601, as in {@code PT5S}. */
public final class DurationConverter implements ITypeConverter<Duration> {
  private static final Pattern WITH_UNIT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

  /** A hundred years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final Map<String, Duration> UNITS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));

  @Override
  public Duration convert(String text) {
    Duration duration = parse(text.strip());
    if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
      throw new TypeConversionException(
          "'" + text + "' is out of range; use 0 to " + LONGEST.toDays() + "d");
    }
    return duration;
  }

  private static Duration parse(String text) {
    Matcher withUnit = WITH_UNIT.matcher(text);
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    try {
      return withUnit.matches()
          ? unit(withUnit.group(2)).multipliedBy(Long.parseLong(withUnit.group(1)))
          : Duration.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + text + "' is not a duration; use 500ms, 5s, 2m, 1h, 1d, or ISO-8601 as in PT5S");
    }
  }

  private static Duration unit(String name) {
    return UNITS.getOrDefault(name, Duration.ZERO);
  }
}
