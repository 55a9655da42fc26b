package io.github.batonlock.internal.request;

import io.github.batonlock.internal.runtime.ConfinedTo;

/**
 * The limit on the rate of requests to a table that throttles.
 *
 * <p>There is no limit until, in half a second, more than a fifth of the renewals is throttled at
 * the first try. Then the limit is a tenth below the rate that the table accepted. It grows by a
 * quarter with each half second without such throttling, and ends when it is four times the demand.
 * So a table that accepts N requests a second gets between 0.9 and 1.4 N, and accepts most of what
 * is sent. This matters because a throttled request is sent again after a pause: if throttled
 * requests were as many as others, chance and not the deadline would decide which lease is renewed.
 *
 * <p>Only first tries count: if one part of a table is throttled, its locks try again and again,
 * while the other locks are not affected. A small number of renewals proves nothing and needs no
 * limit: the pauses between their tries are enough.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class AdaptiveRateLimiter {
  private static final long WINDOW = 500_000_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int LEAST_EVIDENCE = 10;

  /** The rate that sends as many renewals in a window as are needed to learn from it. */
  private static final double SLOWEST = LEAST_EVIDENCE * NANOS_PER_SECOND / WINDOW;

  /** Timers are exact to about a millisecond: requests that 10 ms allow may be sent together. */
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

  /** The time until the next request may be sent, in nanoseconds from now; not positive for now. */
  long untilNext(long now) {
    if (Double.isInfinite(perSecond)) {
      return 0;
    }
    double refill = (now - refilledAt) / NANOS_PER_SECOND * perSecond;
    allowed = Math.min(Math.max(1, perSecond * BURST_SECONDS), allowed + refill);
    refilledAt = now;
    return allowed >= 1 ? 0 : (long) Math.ceil((1 - allowed) / perSecond * NANOS_PER_SECOND);
  }

  /** A request was sent, either because the pace allowed it or because it could not wait. */
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
    // A window that contains a pause proves nothing.
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
