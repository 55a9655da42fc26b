package io.github.batonlock.samples.benchmark.measure;

/** Names for locks, so that no two measures share one. */
final class Keys {
  /** Differs from run to run: on a table that is kept, a lock of an earlier run is no matter. */
  private static final String RUN = Long.toString(System.currentTimeMillis(), 36);

  private Keys() {}

  static String of(String measure, String contender, int number) {
    return measure + "/" + contender.replace(' ', '-') + "/" + RUN + "/" + number;
  }

  /** The number that a key was made with. */
  static int numberOf(String key) {
    return Integer.parseInt(key.substring(key.lastIndexOf('/') + 1));
  }
}
