package io.github.batonlock.support;

/** A check that can be done more than once. */
public interface Measurement {
  /** Does it; fails if the result is other than expected. */
  void run() throws Exception;
}
