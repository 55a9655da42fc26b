package io.github.batonlock.internal.dynamodb;

import java.util.OptionalLong;

/** A fast parser for the decimal numbers that clients write. */
final class Decimals {
  /** Any number of this many digits fits into a long, and is below every limit of the protocol. */
  private static final int SAFE_DIGITS = 18;

  private Decimals() {}

  /**
   * The number, if the text is only a few digits; otherwise empty, and the text needs a full parse.
   */
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
