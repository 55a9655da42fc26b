package io.github.batonlock.internal.protocol;

/**
 * How many entries something keeps.
 *
 * @param most the number
 * @param passed told each time that an entry is refused or forgotten for it
 */
public record Limit(int most, Runnable passed) {

  /**
   * A number of entries, and nothing to tell.
   *
   * @param most the number
   * @return the limit
   */
  public static Limit of(int most) {
    return new Limit(most, () -> {});
  }
}
