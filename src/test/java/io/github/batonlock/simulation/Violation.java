package io.github.batonlock.simulation;

/**
 * A promise that was broken.
 *
 * @param checker who noticed
 * @param at nanoseconds since the world began
 * @param what what happened, in one sentence
 */
record Violation(String checker, long at, String what) {
  @Override
  public String toString() {
    return checker + " at " + Trace.seconds(at) + ": " + what;
  }
}
