package io.github.batonlock.fuzz;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What a row is by sections 1 and 3 of {@code docs/protocol.md}, worked out a second time, without
 * a line of the library's.
 */
enum RowOracle {
  /** A lock that somebody holds. */
  HELD,
  /** A lock that nobody holds. */
  FREE,
  /** A row that no lock client wrote; never to be overwritten. */
  NO_LOCK;

  /** No client writes a longer lease: 366 days, in nanoseconds. */
  private static final BigInteger MAX_LEASE = BigInteger.valueOf(366L * 86_400 * 1_000_000_000);

  /** The longest that a Go duration is written with is 25 characters; milliseconds take 11. */
  private static final int MAX_LEASE_TEXT = 64;

  /** Whole tokens are up to 2^63 - 3. */
  private static final BigDecimal TOKEN_LIMIT = new BigDecimal("9223372036854775806");

  static RowOracle of(Map<String, AttributeValue> row) {
    if (!isAbsentOr(row, "data", AttributeValue.Type.B)
        || !tokenIsAbsentOrBelow(row, TOKEN_LIMIT)) {
      return NO_LOCK;
    }
    if (row.containsKey("isReleased")) {
      boolean isOne = "1".equals(text(row, "isReleased"));
      return isOne && text(row, "recordVersionNumber") != null && canGrow(row) ? FREE : NO_LOCK;
    }
    String lease = text(row, "leaseDuration");
    return isNamed(row, "ownerName")
            && isNamed(row, "recordVersionNumber")
            && lease != null
            && leaseNanos(lease).isPresent()
        ? HELD
        : NO_LOCK;
  }

  /** What it is to a write that would make somebody the holder. */
  static RowOracle forGrant(Map<String, AttributeValue> row) {
    return canGrow(row) ? of(row) : NO_LOCK;
  }

  /**
   * Whether a row that is no lock is one but for texts that say nothing, which no condition of
   * DynamoDB's can tell.
   */
  static boolean hasTheTypesOfALock(Map<String, AttributeValue> row) {
    boolean names = !row.containsKey("isReleased") && text(row, "ownerName") != null;
    return of(row) != NO_LOCK
        || (names
            && text(row, "leaseDuration") != null
            && text(row, "recordVersionNumber") != null
            && isAbsentOr(row, "data", AttributeValue.Type.B)
            && canGrow(row));
  }

  /**
   * Whether DynamoDB has the digits to add one to the token: not to some fractions, which no client
   * writes and no condition can tell from whole numbers.
   */
  static boolean sumHasTooManyDigits(Map<String, AttributeValue> row) {
    return row.containsKey("fencingToken")
        && row.get("fencingToken").type() == AttributeValue.Type.N
        && new BigDecimal(row.get("fencingToken").n())
                .add(BigDecimal.ONE)
                .stripTrailingZeros()
                .precision()
            > 38;
  }

  /** Whether one can be added to the token, by its range. */
  static boolean canGrow(Map<String, AttributeValue> row) {
    return tokenIsAbsentOrBelow(row, TOKEN_LIMIT.subtract(BigDecimal.ONE));
  }

  private static boolean isAbsentOr(
      Map<String, AttributeValue> row, String name, AttributeValue.Type type) {
    return !row.containsKey(name) || row.get(name).type() == type;
  }

  private static boolean tokenIsAbsentOrBelow(Map<String, AttributeValue> row, BigDecimal limit) {
    if (!row.containsKey("fencingToken")) {
      return true;
    }
    AttributeValue token = row.get("fencingToken");
    return token.type() == AttributeValue.Type.N
        && new BigDecimal(token.n()).compareTo(BigDecimal.ZERO) >= 0
        && new BigDecimal(token.n()).compareTo(limit) < 0;
  }

  private static boolean isNamed(Map<String, AttributeValue> row, String name) {
    String text = text(row, name);
    return text != null && !text.isEmpty();
  }

  static @Nullable String text(Map<String, AttributeValue> row, String name) {
    AttributeValue value = row.get(name);
    return value != null && value.type() == AttributeValue.Type.S ? value.s() : null;
  }

  /**
   * A lease as decimal milliseconds, or as Go's {@code time.ParseDuration} takes it; rounded up to
   * the nanosecond. Empty if it is none, not positive, or longer than any client writes.
   */
  static Optional<BigInteger> leaseNanos(String text) {
    if (text.isEmpty() || text.length() > MAX_LEASE_TEXT) {
      return Optional.empty();
    }
    // In units of 1E-64 ns, so that no fraction of 64 characters is lost.
    BigInteger scale = BigInteger.TEN.pow(MAX_LEASE_TEXT);
    BigInteger sum = BigInteger.ZERO;
    int at = text.charAt(0) == '+' ? 1 : 0;
    boolean signed = at == 1;
    while (at < text.length()) {
      int whole = at;
      while (at < text.length() && isDigit(text.charAt(at))) {
        at++;
      }
      BigInteger value = digits(text, whole, at).multiply(scale);
      int count = at - whole;
      if (at < text.length() && text.charAt(at) == '.') {
        int fraction = ++at;
        while (at < text.length() && isDigit(text.charAt(at))) {
          at++;
        }
        count += at - fraction;
        value =
            value.add(
                digits(text, fraction, at)
                    .multiply(BigInteger.TEN.pow(MAX_LEASE_TEXT - (at - fraction))));
      } else if (at == text.length() && whole == 0 && !signed) {
        return bounded(value.multiply(BigInteger.valueOf(1_000_000)), scale);
      }
      int unit = at;
      while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
        at++;
      }
      long nanos = nanosOf(text.substring(unit, at));
      if (count == 0 || nanos == 0) {
        return Optional.empty();
      }
      sum = sum.add(value.multiply(BigInteger.valueOf(nanos)));
    }
    return bounded(sum, scale);
  }

  private static Optional<BigInteger> bounded(BigInteger scaled, BigInteger scale) {
    if (scaled.signum() == 0 || scaled.compareTo(MAX_LEASE.multiply(scale)) > 0) {
      return Optional.empty();
    }
    return Optional.of(scaled.add(scale.subtract(BigInteger.ONE)).divide(scale));
  }

  private static BigInteger digits(String text, int from, int to) {
    return from == to ? BigInteger.ZERO : new BigInteger(text.substring(from, to));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "\u00b5s", "\u03bcs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 0;
    };
  }
}
