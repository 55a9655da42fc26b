package io.github.batonlock.internal.protocol;

/**
 * The largest number of entries that something keeps.
 *
 * @param most the number
 * @param passed told each time that an entry is refused or forgotten because of the limit
 */
public record Limit(int most, Runnable passed) {

  /**
   * A number of entries, without a listener.
   *
   * @param most the number
   * @return the limit
   */
  public static Limit of(int most) {
    return new Limit(most, () -> {});
  }
}
