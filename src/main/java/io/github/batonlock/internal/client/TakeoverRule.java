package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;

/**
 * Whether a held lock may be taken over now, by a write conditioned on the version that was seen.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class TakeoverRule {
  private final Core core;

  TakeoverRule(Core core) {
    this.core = core;
  }

  boolean mayTakeOver(LockKey key, LockItem item, Observation seen, Moment now) {
    return seen.mayTakeOver(now.nanos()) || isOwnGhost(key, item) || isLongDead(seen, now);
  }

  /**
   * A hold of this very client that is over, or none that has begun: nobody else can be waiting for
   * its end.
   */
  boolean isOwnGhost(LockKey key, LockItem item) {
    return item.ownerName().equals(core.config.ownerName())
        && (core.retired.contains(item.version())
            || core.reservations.contains(item.version())
            || isHeldByNobody(key, item));
  }

  /**
   * Whether an item names a session of this very client by a version that it does not stand for: of
   * a hold that is over, or of a write that has come late. That needs no memory, since only this
   * client names its sessions.
   */
  private boolean isHeldByNobody(LockKey key, LockItem item) {
    LockKey session = item.session();
    return session != null
        && core.sessions.open(session) != null
        && !core.claims.contains(item.version())
        && !core.registry.isHeldHere(key)
        && !core.registry.isNamedByAHold(key, item.version());
  }

  /** The fast path, for those who trust wall clocks within a bound. */
  private boolean isLongDead(Observation seen, Moment now) {
    Duration maxClockError = core.config.maxClockError();
    return maxClockError != null && seen.isLongDead(now.epochMillis(), maxClockError);
  }
}
