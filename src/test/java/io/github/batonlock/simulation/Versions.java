package io.github.batonlock.simulation;

/** How traces show versions. */
final class Versions {
  private Versions() {}

  /** Enough of it to tell it from the others. */
  static String brief(String version) {
    int random = version.indexOf('-') + 1;
    return "v" + version.substring(random, Math.min(version.length(), random + 4));
  }
}
