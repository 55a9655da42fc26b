package io.github.batonlock.internal.runtime;

/** The two clocks of this machine. */
public interface Clock {

  /**
   * The monotonic clock. It is never stepped, but stands still while the machine is suspended.
   *
   * @return nanoseconds from an arbitrary origin; only differences are meaningful
   */
  long nanoTime();

  /**
   * The wall clock. It goes on through a suspend, and may be stepped at any time.
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
