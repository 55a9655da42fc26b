package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observation;
import java.time.Duration;

/**
 * Whether a held lock may be taken over now, by a write conditioned on the version that was seen.
 * Belongs to the loop.
 */
final class TakeoverRule {
  private final Core core;

  TakeoverRule(Core core) {
    this.core = core;
  }

  boolean mayTakeOver(LockItem item, Observation seen, Moment now) {
    return seen.mayTakeOver(now.nanos()) || isOwnGhost(item) || isLongDead(seen, now);
  }

  /**
   * A hold of this very client that is over, or none that has begun: nobody else can be waiting for
   * its end.
   */
  boolean isOwnGhost(LockItem item) {
    return item.ownerName().equals(core.config.ownerName())
        && (core.retired.contains(item.version()) || core.reservations.contains(item.version()));
  }

  /** The fast path, for those who trust wall clocks within a bound. */
  private boolean isLongDead(Observation seen, Moment now) {
    Duration maxClockError = core.config.maxClockError();
    return maxClockError != null && seen.isLongDead(now.epochMillis(), maxClockError);
  }
}
