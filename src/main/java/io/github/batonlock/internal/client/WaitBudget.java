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
    return limit == null ? Long.MAX_VALUE : limit.minus(waited()).toNanos();
  }

  boolean isUp() {
    return left() <= 0;
  }
}
