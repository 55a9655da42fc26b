package io.github.batonlock.internal.protocol;

import java.util.OptionalLong;

/**
 * The statement of a lock item that its version was sent before some time of the table's clock
 * (protocol section 9): {@code <version> <milliseconds since 1970>}, followed by {@code kept} where
 * no client holds the lock by that version.
 *
 * <p>The holder writes it with the version, as an upper bound at the send (a stamp); or a client
 * that has seen the version writes it later, as an upper bound when it saw it (a mark). If the
 * version of the item is another one, the statement says nothing: a client that does not know it
 * has written the item since. All statements on versions of one length have one length.
 *
 * @param version the version that was sent
 * @param epochMillis the time, or {@link #UNKNOWN}
 * @param kept whether the write that sent it made no client a holder: a release that keeps the lock
 *     taken for a minimum time, or for the client that asked for it
 */
public record SentBefore(String version, long epochMillis, boolean kept) {
  /** The time where nothing is known: every version of the next centuries is sent before it. */
  public static final long UNKNOWN = 9_999_999_999_999L;

  /** What an attribute says that no client of this library wrote. */
  public static final SentBefore UNREADABLE = new SentBefore("", UNKNOWN, false);

  private static final int DIGITS = 13;
  private static final String KEPT = " kept";

  /**
   * The statement that a holder writes with a version.
   *
   * @param version the version of this send
   * @param upperBound of the table's clock at the send; empty if unknown
   * @return a statement that is true
   */
  public static SentBefore stamp(String version, OptionalLong upperBound) {
    return new SentBefore(version, inRange(upperBound), false);
  }

  /**
   * The statement of a write that makes no client a holder.
   *
   * @param version the version of this send
   * @param upperBound of the table's clock at the send; empty if unknown
   * @return a statement that is true
   */
  public static SentBefore kept(String version, OptionalLong upperBound) {
    return new SentBefore(version, inRange(upperBound), true);
  }

  private static long inRange(OptionalLong upperBound) {
    return Math.max(0, Math.min(upperBound.orElse(UNKNOWN), UNKNOWN));
  }

  /**
   * The attribute's value.
   *
   * @return a text that {@link #parse} understands
   */
  public String text() {
    String millis = Long.toString(epochMillis);
    return version + " " + "0".repeat(DIGITS - millis.length()) + millis + (kept ? KEPT : "");
  }

  /**
   * The statement of an attribute.
   *
   * @param text the attribute's value
   * @return {@link #UNREADABLE} for any other text
   */
  public static SentBefore parse(String text) {
    boolean kept = text.endsWith(KEPT);
    int end = text.length() - (kept ? KEPT.length() : 0);
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
    return new SentBefore(text.substring(0, start - 1), millis, kept);
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
