package io.github.batonlock.internal.operator;

import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.Printable;
import java.util.Optional;

/**
 * The note of a frozen lock: which operator froze it, and why.
 *
 * <p>The note is the owner name of the item. So each client that is refused the lock says it in its
 * message, clients of other libraries included, and the next grant replaces it.
 *
 * @param operator the operator's name, without a blank or a colon at its end: {@code user@host}
 * @param reason for people
 */
public record FreezeNote(String operator, String reason) {
  private static final String START = "frozen by ";
  private static final String BETWEEN = ": ";

  /** Checks that the item can hold the note, and that the note can be read again. */
  public FreezeNote {
    checkOperator(operator);
    checkReason(reason);
  }

  /**
   * Checks the name of an operator.
   *
   * @throws IllegalArgumentException if it is empty, or contains a blank, a colon or a character
   *     that is not printed
   */
  public static void checkOperator(String operator) {
    boolean isWord = operator.chars().noneMatch(c -> c == ':' || Character.isWhitespace(c));
    if (operator.isEmpty() || !isWord || !operator.equals(Printable.of(operator))) {
      throw new IllegalArgumentException(
          "The operator's name '"
              + Printable.of(operator)
              + "' must be one word without a colon, such as user@host");
    }
  }

  /**
   * Checks a reason.
   *
   * @throws IllegalArgumentException if it is empty, too long, or contains a character that is not
   *     printed
   */
  public static void checkReason(String reason) {
    int most = Bound.RELEASE_REASON_CHARACTERS.defaultValue();
    if (reason.isBlank() || reason.length() > most) {
      throw new IllegalArgumentException(
          "The reason has "
              + reason.strip().length()
              + " characters; give 1 to "
              + most
              + ", since the lock item holds them");
    }
    if (!reason.equals(Printable.of(reason))) {
      throw new IllegalArgumentException(
          "The reason '" + Printable.of(reason) + "' contains control characters; leave them out");
    }
  }

  /**
   * The owner name of the frozen item.
   *
   * @return a text that {@link #of} understands
   */
  public String ownerName() {
    return START + operator + BETWEEN + reason;
  }

  /**
   * The note of an item.
   *
   * @param item any lock
   * @return empty if the lock is not frozen
   */
  public static Optional<FreezeNote> of(LockItem item) {
    String name = item.ownerName();
    int end = name.indexOf(BETWEEN);
    if (item.released() || !item.keptClosed() || !name.startsWith(START) || end < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new FreezeNote(
              name.substring(START.length(), end), name.substring(end + BETWEEN.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
