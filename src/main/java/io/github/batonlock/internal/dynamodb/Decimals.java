package io.github.batonlock.internal.dynamodb;

import java.util.OptionalLong;

/** Decimal numbers as clients write them, read without detours. */
final class Decimals {
  /** So many digits fit into a long, whichever they are, and below every limit of ours. */
  private static final int SAFE_DIGITS = 18;

  private Decimals() {}

  /** The number, if the text is nothing but a few digits; else it needs a closer look. */
  static OptionalLong small(String text) {
    int length = text.length();
    if (length == 0 || length > SAFE_DIGITS) {
      return OptionalLong.empty();
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return OptionalLong.empty();
      }
      number = number * 10 + (c - '0');
    }
    return OptionalLong.of(number);
  }
}
