package io.github.batonlock.internal.protocol;

/** How a lease stands by this machine's clocks. */
public enum Standing {
  /** Good by both clocks. */
  GOOD,
  /** Good by the monotonic clock only: a renewal has to decide (section 2). */
  SUSPECT,
  /** Over by the monotonic clock, which never runs ahead. */
  OVER
}
