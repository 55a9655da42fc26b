package io.github.batonlock.fuzz;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Random values of every type of DynamoDB's, within its limits. */
final class FuzzedValues {
  private static final int MAX_DEPTH = 4;
  private static final int MAX_DIGITS = 38;
  private static final int MAX_SHIFT = 125 - MAX_DIGITS;
  private static final String[] TEXTS = {
    "",
    "0",
    "1",
    "01",
    "1.0",
    " 1",
    "1 ",
    "+1",
    "-1",
    "true",
    "TRUE",
    "false",
    "null",
    "NULL",
    "\uff11",
    "\u0661",
    "released",
    "isReleased",
    "v1",
    "v2",
    "somebody",
    "20000",
    "20s",
    "1m30s",
    "0s",
    "NaN",
    "Infinity",
    "1e3",
    "2026-11-22T00:00:00Z",
    "{}",
    "[]",
    "#n0",
    ":v0",
    "\u0000",
    "\n",
    "\ud83d\udd12",
    "e\u0301",
    "6f1c9b7e-8a44-4f0e-9d4b-0a1b2c3d4e5f",
    "1767225600123-AAAAAAAAAAAAAAAAAAAAAA",
    "0000000000000-AAAAAAAAAAAAAAAAAAAAAA",
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "0.0",
    "1",
    "-1",
    "7",
    "0.5",
    "-0.5",
    "1.5",
    "1E+3",
    "1E3",
    "20000",
    "9223372036854775804.5",
    "9223372036854775805",
    "9223372036854775805.5",
    "9223372036854775806",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "1E100",
    "-1E100",
    "1E-100",
    "-1E-100",
    "1E125",
    "1E-130",
    "99999999999999999999999999999999999999",
    "9.9999999999999999999999999999999999999E125",
    "0.00000000000000000000000000000000000001",
  };
  private static final String[] UNITS = {
    "ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h", "d", "", "S", "min"
  };

  private final RandomGenerator random;

  FuzzedValues(RandomGenerator random) {
    this.random = random;
  }

  AttributeValue any() {
    return any(0);
  }

  private AttributeValue any(int depth) {
    return switch (random.nextInt(depth < MAX_DEPTH ? 14 : 10)) {
      case 0, 1, 2 -> AttributeValue.fromS(text());
      case 3, 4 -> AttributeValue.fromN(number());
      case 5 -> AttributeValue.fromB(bytes());
      case 6 -> AttributeValue.fromBool(random.nextBoolean());
      case 7 -> AttributeValue.fromNul(true);
      case 8 -> set();
      case 9 -> AttributeValue.fromBs(distinctBytes());
      case 10, 11 -> AttributeValue.fromL(list(() -> any(depth + 1)));
      default -> AttributeValue.fromM(map(depth));
    };
  }

  private AttributeValue set() {
    if (random.nextBoolean()) {
      return AttributeValue.fromSs(
          Stream.generate(this::text)
              .filter(text -> !text.isEmpty())
              .limit(1 + random.nextInt(3))
              .distinct()
              .toList());
    }
    TreeSet<BigDecimal> numbers = new TreeSet<>();
    do {
      numbers.add(new BigDecimal(number()));
    } while (random.nextBoolean());
    return AttributeValue.fromNs(numbers.stream().map(BigDecimal::toString).toList());
  }

  private List<SdkBytes> distinctBytes() {
    return Stream.generate(this::bytes)
        .filter(bytes -> bytes.asByteArrayUnsafe().length > 0)
        .limit(1 + random.nextInt(3))
        .distinct()
        .toList();
  }

  private Map<String, AttributeValue> map(int depth) {
    Map<String, AttributeValue> map = new HashMap<>();
    while (random.nextInt(3) > 0) {
      map.put("m" + text(), any(depth + 1));
    }
    return map;
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    while (random.nextInt(3) > 0) {
      list.add(element.get());
    }
    return list;
  }

  SdkBytes bytes() {
    byte[] bytes = new byte[random.nextInt(500) == 0 ? random.nextInt(60_000) : random.nextInt(4)];
    random.nextBytes(bytes);
    return SdkBytes.fromByteArrayUnsafe(bytes);
  }

  /** Up to 38 digits, down to 1E-130 and up to below 1E126; in several spellings. */
  String number() {
    if (random.nextBoolean()) {
      return NUMBERS[random.nextInt(NUMBERS.length)];
    }
    int bits = 1 + random.nextInt(126);
    byte[] magnitude = new byte[bits / 8 + 1];
    random.nextBytes(magnitude);
    BigInteger digits = new BigInteger(1, magnitude).mod(BigInteger.TEN.pow(MAX_DIGITS));
    int scale = random.nextInt(4) > 0 ? random.nextInt(4) : random.nextInt(130) - MAX_SHIFT;
    BigDecimal number = new BigDecimal(random.nextInt(4) == 0 ? digits.negate() : digits, scale);
    return random.nextBoolean() ? number.toString() : number.toPlainString();
  }

  String text() {
    return switch (random.nextInt(8)) {
      case 0 -> characters(random.nextInt(1_000) == 0 ? random.nextInt(60_000) : 1);
      case 1 -> characters(random.nextInt(40));
      case 2 -> leaseText();
      case 3 -> number();
      default -> TEXTS[random.nextInt(TEXTS.length)];
    };
  }

  /** Well-formed, and often not in ASCII. */
  private String characters(int length) {
    StringBuilder text = new StringBuilder(length);
    while (text.length() < length) {
      int codePoint =
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(0x110000);
            case 1 -> random.nextInt(0x3000);
            default -> random.nextInt(0x80);
          };
      if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
        text.appendCodePoint(codePoint);
      }
    }
    return text.toString();
  }

  /** What is a lease, what nearly is one, and what overflows one. */
  String leaseText() {
    return switch (random.nextInt(6)) {
      case 0 -> Long.toString(random.nextLong(1, 100_000));
      case 1 -> Long.toString(random.nextLong() >>> random.nextInt(64));
      case 2 -> Long.toString(31_622_400_000L + random.nextInt(-1, 2));
      case 3 -> "0".repeat(random.nextInt(70)) + random.nextInt(100_000);
      default -> goDuration();
    };
  }

  private String goDuration() {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(6) == 0) {
      text.append(random.nextBoolean() ? '+' : '-');
    }
    do {
      text.append(random.nextInt(8) == 0 ? "" : Long.toString(random.nextInt(2_000)));
      if (random.nextInt(3) == 0) {
        text.append('.').append(random.nextInt(4) == 0 ? "" : Long.toString(random.nextInt(999)));
      }
      text.append(UNITS[random.nextInt(random.nextInt(6) == 0 ? UNITS.length : 8)]);
    } while (random.nextInt(3) == 0);
    return random.nextInt(30) == 0 ? text.insert(text.length() / 2, ' ').toString() : "" + text;
  }
}
