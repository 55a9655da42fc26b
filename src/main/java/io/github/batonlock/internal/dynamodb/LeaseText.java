package io.github.batonlock.internal.dynamodb;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The spellings of {@code leaseDuration}: decimal milliseconds, which Baton and the awslabs client
 * write, and Go durations such as {@code 1m30s}, which {@code dynamolock} writes.
 */
final class LeaseText {
  /** A longer lease counts as invalid: no waiter would wait that long for a dead holder. */
  static final Duration MAX = Duration.ofDays(366);

  private static final int MAX_LENGTH = 64;
  private static final Pattern MILLIS = Pattern.compile("[0-9]+");
  private static final Pattern GO_PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");
  private static final Map<String, Long> NANOS_OF_UNIT =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "\u00b5s", 1_000L,
          "\u03bcs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private LeaseText() {}

  /** The spelling that Baton writes. */
  static String format(Duration lease) {
    return Long.toString(lease.toMillis());
  }

  /** The lease in a text. Empty unless the text is a lease: positive, at most {@link #MAX}. */
  static Optional<Duration> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    OptionalLong millis = Decimals.small(text);
    if (millis.isPresent()) {
      long value = millis.getAsLong();
      return value > 0 && value <= MAX.toMillis()
          ? Optional.of(Duration.ofMillis(value))
          : Optional.empty();
    }
    BigDecimal nanos =
        MILLIS.matcher(text).matches()
            ? new BigDecimal(text).movePointRight(6)
            : goNanos(text).orElse(BigDecimal.ZERO);
    if (nanos.signum() <= 0 || nanos.compareTo(BigDecimal.valueOf(MAX.toNanos())) > 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(nanos.setScale(0, RoundingMode.CEILING).longValueExact()));
  }

  private static Optional<BigDecimal> goNanos(String text) {
    Matcher part = GO_PART.matcher(text.startsWith("+") ? text.substring(1) : text);
    BigDecimal sum = BigDecimal.ZERO;
    while (part.lookingAt()) {
      long unit = NANOS_OF_UNIT.getOrDefault(part.group(2), 0L);
      sum = sum.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
      part.region(part.end(), part.regionEnd());
    }
    return part.regionStart() == part.regionEnd() ? Optional.of(sum) : Optional.empty();
  }
}
