package io.github.batonlock.internal.operator;

/**
 * The result of one check of the doctor's.
 *
 * @param grade how good it is
 * @param subject what was looked at: {@code keys}
 * @param found what was found, as a clause
 * @param advice what to do; empty if there is nothing to do
 */
public record Check(Grade grade, String subject, String found, String advice) {

  /** How good something is. */
  public enum Grade {
    /** As it should be. */
    GOOD,
    /** Worth to know, and no fault. */
    NOTE,
    /** It could not be looked at. */
    UNKNOWN,
    /** A fault. */
    WRONG
  }

  static Check good(String subject, String found) {
    return new Check(Grade.GOOD, subject, found, "");
  }

  static Check note(String subject, String found, String advice) {
    return new Check(Grade.NOTE, subject, found, advice);
  }

  static Check unknown(String subject, String found, String advice) {
    return new Check(Grade.UNKNOWN, subject, found, advice);
  }

  static Check wrong(String subject, String found, String advice) {
    return new Check(Grade.WRONG, subject, found, advice);
  }

  /** Whether it is a fault. */
  public boolean isWrong() {
    return grade == Grade.WRONG;
  }
}
