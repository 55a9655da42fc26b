package io.github.batonlock.samples.benchmark;

/** A figure that one measure finds out and another one uses. */
public enum Fact {
  /** The median time of one raw conditional write, in nanoseconds. */
  RAW_WRITE_NANOS,
  /** The write units per hour of a lock that Baton holds. */
  BATON_HOLD_WRITES_PER_HOUR,
  /** The write units per hour of a lock that awslabs holds. */
  AWSLABS_HOLD_WRITES_PER_HOUR,
  /** The read units per hour of a parked waiter of Baton. */
  BATON_WAIT_READS_PER_HOUR,
  /** The read units per hour of a parked waiter of awslabs. */
  AWSLABS_WAIT_READS_PER_HOUR
}
