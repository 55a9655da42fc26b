package io.github.batonlock.internal.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of one request.
 *
 * @param attempt for one attempt of the SDK, positive, at most {@code total}
 * @param total for the whole call with the SDK's own retries, positive
 */
public record Timeouts(Duration attempt, Duration total) {
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final long STEP = 100;

  /**
   * The limits of the first of two calls in this time.
   *
   * @return half of the time; null if there is time for one attempt only
   */
  public @Nullable Timeouts firstHalf() {
    // Computed in nanoseconds: Duration's own division uses big numbers.
    Duration half = Duration.ofNanos(total.toNanos() / 2);
    return attempt.compareTo(half) > 0 ? null : new Timeouts(attempt, half);
  }

  /**
   * The limits of a request of a caller that waits no longer than this.
   *
   * @param left the rest of the caller's time
   * @return these limits, or shorter ones: to a tenth of a second, since settings for the SDK are
   *     kept, and never shorter than one attempt
   */
  public Timeouts within(Duration left) {
    if (left.compareTo(total) >= 0) {
      return this;
    }
    Duration rounded = Duration.ofMillis(Math.max(left.toMillis(), 0) / STEP * STEP);
    return new Timeouts(attempt, rounded.compareTo(attempt) > 0 ? rounded : attempt);
  }

  /**
   * The limits of a request that has to end when this one would have ended.
   *
   * @param elapsed since this one began
   * @return the rest, at least a millisecond
   */
  public Timeouts after(Duration elapsed) {
    Duration rest = total.minus(elapsed);
    Duration left = rest.compareTo(SHORTEST) > 0 ? rest : SHORTEST;
    return new Timeouts(attempt.compareTo(left) < 0 ? attempt : left, left);
  }
}
