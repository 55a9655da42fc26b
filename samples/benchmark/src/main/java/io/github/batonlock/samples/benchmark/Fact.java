package io.github.batonlock.samples.benchmark;

/** A figure that one measure finds out and another one uses. */
public enum Fact {
  /** The median time of one raw conditional write, in nanoseconds. */
  RAW_WRITE_NANOS
}
