package io.github.batonlock.internal.protocol;

import java.util.Base64;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * The unique value of one write (protocol section 1): {@code <epochMillis at send>-<random>}, 13
 * digits and 22 characters of base64url.
 *
 * <p>Any other string is a foreign client's: compared, never parsed.
 */
public final class RecordVersion {
  private static final int DIGITS = 13;
  private static final int RANDOM_BYTES = 16;
  private static final long MAX_MILLIS = 9_999_999_999_999L;
  private static final int LENGTH = DIGITS + 1 + 22;

  private RecordVersion() {}

  /**
   * Creates the version of one send.
   *
   * @param epochMillis the wall clock at the send
   * @param random a source of random values that no other client repeats
   * @return a version that was never used before
   */
  public static String create(long epochMillis, RandomGenerator random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return text(epochMillis, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  private static String text(long epochMillis, String random) {
    String millis = Long.toString(Math.max(0, Math.min(epochMillis, MAX_MILLIS)));
    return "0".repeat(DIGITS - millis.length()) + millis + "-" + random;
  }

  /**
   * Creates the version from which another client recognizes that a lock is reserved for it.
   *
   * @param epochMillis the wall clock at the send
   * @param id one of {@link #create}, made by the client that is to recognize it
   * @return a version with the same {@link #random} part
   */
  public static String recognizable(long epochMillis, String id) {
    return text(epochMillis, random(id));
  }

  /**
   * The random part, which no other version shares.
   *
   * @param version a version of this library
   * @return the text after the time
   */
  public static String random(String version) {
    return version.substring(DIGITS + 1);
  }

  /**
   * Whether a version was made by {@link #create}, so that its holder stops at 0.8 L.
   *
   * @param version any version
   * @return false for a foreign client's
   */
  public static boolean isOurs(String version) {
    if (version.length() != LENGTH || version.charAt(DIGITS) != '-') {
      return false;
    }
    // Parsed by hand: every look at a held lock runs this.
    for (int i = 0; i < LENGTH; i++) {
      char c = version.charAt(i);
      boolean fits = i < DIGITS ? isDigit(c) : isDigit(c) || isLetter(c) || c == '-' || c == '_';
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  /**
   * The sender's wall clock at the send.
   *
   * @param version any version
   * @return empty for a foreign client's
   */
  public static OptionalLong epochMillis(String version) {
    return isOurs(version)
        ? OptionalLong.of(Long.parseLong(version.substring(0, DIGITS)))
        : OptionalLong.empty();
  }
}
