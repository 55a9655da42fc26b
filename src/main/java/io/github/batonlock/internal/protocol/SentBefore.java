package io.github.batonlock.internal.protocol;

import java.util.OptionalLong;

/**
 * The statement of a lock item that its version was sent before some time of the table's clock
 * (protocol section 9): {@code <version> <milliseconds since 1970>}.
 *
 * <p>The holder writes it with the version, as an upper bound at the send (a stamp); or a client
 * that has seen the version writes it later, as an upper bound when it saw it (a mark). If the
 * version of the item is another one, the statement says nothing: a client that does not know it
 * has written the item since. All statements on versions of one length have one length.
 *
 * @param version the version that was sent
 * @param epochMillis the time, or {@link #UNKNOWN}
 */
public record SentBefore(String version, long epochMillis) {
  /** The time where nothing is known: every version of the next centuries is sent before it. */
  public static final long UNKNOWN = 9_999_999_999_999L;

  /** What an attribute says that no client of this library wrote. */
  public static final SentBefore UNREADABLE = new SentBefore("", UNKNOWN);

  private static final int DIGITS = 13;

  /**
   * The statement of a client that knows the table's clock, or does not.
   *
   * @param version the version
   * @param upperBound of the table's clock when the version was sent or seen; empty if unknown
   * @return a statement that is true
   */
  public static SentBefore stamp(String version, OptionalLong upperBound) {
    return new SentBefore(version, inRange(upperBound.orElse(UNKNOWN)));
  }

  /**
   * A time that fits into the attribute.
   *
   * @param epochMillis any
   * @return from zero to {@link #UNKNOWN}
   */
  public static long inRange(long epochMillis) {
    return Math.max(0, Math.min(epochMillis, UNKNOWN));
  }

  /**
   * The attribute's value.
   *
   * @return a text that {@link #parse} understands
   */
  public String text() {
    return text(version, epochMillis);
  }

  /**
   * The attribute's value for a version.
   *
   * @param version the version that is sent, or was seen
   * @param epochMillis a time before which it was, from zero to {@link #UNKNOWN}
   * @return a text that {@link #parse} understands
   */
  public static String text(String version, long epochMillis) {
    String millis = Long.toString(epochMillis);
    int zeros = DIGITS - millis.length();
    return zeros == 0 ? version + ' ' + millis : version + ' ' + "0".repeat(zeros) + millis;
  }

  /**
   * The statement of an attribute.
   *
   * @param text the attribute's value
   * @return {@link #UNREADABLE} for any other text
   */
  public static SentBefore parse(String text) {
    int end = text.length();
    int start = end - DIGITS;
    if (start < 2 || text.charAt(start - 1) != ' ') {
      return UNREADABLE;
    }
    long millis = 0;
    for (int i = start; i < end; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNREADABLE;
      }
      millis = millis * 10 + (digit - '0');
    }
    return new SentBefore(text.substring(0, start - 1), millis);
  }

  /**
   * Whether this says something about a version.
   *
   * @param current the version of the item
   * @return false for a statement on another version, and where the time is not known
   */
  public boolean tells(String current) {
    return version.equals(current) && epochMillis != UNKNOWN;
  }
}
