package io.github.batonlock.internal.client;

import io.github.batonlock.internal.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long a caller has waited, and still will. */
final class WaitBudget {
  private final Clock clock;
  private final long began;
  private final @Nullable Duration limit;

  /** Begins now; null is without limit. */
  WaitBudget(Clock clock, @Nullable Duration limit) {
    this.clock = clock;
    this.began = clock.nanoTime();
    this.limit = limit;
  }

  Duration waited() {
    return Duration.ofNanos(clock.nanoTime() - began);
  }

  /** In nanoseconds; not positive when the time is up. */
  long left() {
    if (limit == null) {
      return Long.MAX_VALUE;
    }
    Duration left = limit.minus(waited());
    // Durations beyond 292 years do not fit into nanoseconds.
    return left.toSeconds() >= Long.MAX_VALUE / 1_000_000_000 ? Long.MAX_VALUE : left.toNanos();
  }

  boolean isUp() {
    return left() <= 0;
  }
}
