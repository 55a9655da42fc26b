package io.github.batonlock.internal.protocol;

/** The status of a lease by this machine's clocks. */
public enum LeaseStatus {
  /** Good by both clocks. */
  GOOD,
  /** Good by the monotonic clock only: a renewal has to decide (section 2). */
  SUSPECT,
  /** Over by the monotonic clock, which never runs ahead. */
  OVER
}
