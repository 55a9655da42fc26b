package io.github.batonlock.internal.request;

import io.github.batonlock.internal.runtime.ConfinedTo;

/**
 * How fast requests may follow each other on a table that throttles.
 *
 * <p>Without a limit until more than a fifth of the renewals of half a second is throttled at the
 * first try. Then it is a tenth below what the table let pass, and grows by a quarter with each
 * half second that goes well, until it is four times the demand. So a table that takes N requests a
 * second gets between 0.9 and 1.4 N, and most of what is sent, passes: what is throttled comes back
 * after a pause, and with as many of those as of others it would be chance, and not the deadline,
 * that decides who is renewed.
 *
 * <p>Only first tries tell: where one part of a table is throttled its locks try again and again,
 * and the others are all right. Few renewals tell nothing, and are not worth a pace: their pauses
 * between tries do.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Pace {
  private static final long WINDOW = 500_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int LEAST_EVIDENCE = 10;

  /** As many as are needed to learn from a window. */
  private static final double SLOWEST = LEAST_EVIDENCE * NANOS_PER_SECOND / WINDOW;

  /** Timers are exact to about a millisecond: what 10 ms allow may go together. */
  private static final double BURST_SECONDS = 0.01;

  private double perSecond = Double.POSITIVE_INFINITY;
  private double allowed;
  private long refilledAt;
  private long windowBegan;
  private boolean inWindow;
  private int passed;
  private int firstTries;
  private int throttledFirstTries;

  /** A request was answered. */
  void passed(boolean firstTry, long now) {
    closeWindow(now);
    passed++;
    if (firstTry) {
      firstTries++;
    }
  }

  /** A request was throttled. */
  void throttled(boolean firstTry, long now) {
    closeWindow(now);
    if (firstTry) {
      firstTries++;
      throttledFirstTries++;
    }
  }

  /** When the next request may be sent, in nanoseconds from now; not positive for now. */
  long untilNext(long now) {
    if (Double.isInfinite(perSecond)) {
      return 0;
    }
    double refill = (now - refilledAt) / NANOS_PER_SECOND * perSecond;
    allowed = Math.min(Math.max(1, perSecond * BURST_SECONDS), allowed + refill);
    refilledAt = now;
    return allowed >= 1 ? 0 : (long) Math.ceil((1 - allowed) / perSecond * NANOS_PER_SECOND);
  }

  /** A request was sent, whether it was allowed yet or could not wait. */
  void sent() {
    allowed = Math.max(0, allowed - 1);
  }

  private void closeWindow(long now) {
    long length = now - windowBegan;
    if (inWindow && length < WINDOW) {
      return;
    }
    if (inWindow && length < 2 * WINDOW) {
      adapt(passed / (length / NANOS_PER_SECOND), now);
    }
    // One with a pause in it tells nothing.
    inWindow = true;
    windowBegan = now;
    passed = 0;
    firstTries = 0;
    throttledFirstTries = 0;
  }

  private void adapt(double passedPerSecond, long now) {
    if (firstTries >= LEAST_EVIDENCE && throttledFirstTries * 5 > firstTries) {
      if (Double.isInfinite(perSecond)) {
        refilledAt = now;
        allowed = 0;
      }
      perSecond = Math.max(SLOWEST, 0.9 * passedPerSecond);
    } else {
      perSecond *= 1.25;
      if (perSecond > 4 * passedPerSecond) {
        perSecond = Double.POSITIVE_INFINITY;
      }
    }
  }
}
