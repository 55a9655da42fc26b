package io.github.batonlock.internal.runtime;

/** The two clocks of this machine. */
public interface Clock {

  /**
   * The monotonic clock: never stepped, but stands still while the machine is suspended.
   *
   * @return nanoseconds from an arbitrary origin; only differences mean anything
   */
  long nanoTime();

  /**
   * The wall clock: goes on through a suspend, and is stepped at will.
   *
   * @return milliseconds since 1970
   */
  long epochMillis();

  /**
   * Both clocks at once.
   *
   * @return this instant
   */
  default ClockReading now() {
    return new ClockReading(nanoTime(), epochMillis());
  }
}
