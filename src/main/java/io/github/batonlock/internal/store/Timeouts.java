package io.github.batonlock.internal.store;

import java.time.Duration;

/**
 * The time limits of one request.
 *
 * @param attempt for one attempt of the SDK, positive, at most {@code total}
 * @param total for the whole call with the SDK's own retries, positive
 */
public record Timeouts(Duration attempt, Duration total) {
  private static final Duration SHORTEST = Duration.ofMillis(1);

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
