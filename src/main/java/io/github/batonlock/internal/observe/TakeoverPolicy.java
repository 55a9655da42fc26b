package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;

/**
 * The rule that decides whether a held lock may be taken over now, by a write conditioned on the
 * version that was seen.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class TakeoverPolicy {
  private final ClientConfig config;
  private final LocalHolds holds;
  private final RetiredVersions retired;
  private final Reservations reservations;
  private final Claims claims;

  public TakeoverPolicy(
      ClientConfig config,
      LocalHolds holds,
      RetiredVersions retired,
      Reservations reservations,
      Claims claims) {
    this.config = config;
    this.holds = holds;
    this.retired = retired;
    this.reservations = reservations;
    this.claims = claims;
  }

  public boolean mayTakeOver(LockKey key, LockItem item, Observation seen, ClockReading now) {
    return seen.mayTakeOver(now.nanos()) || isOwnGhost(key, item) || isLongDead(seen, now);
  }

  /**
   * The time until a holder that stays silent may be taken over, in nanoseconds. The next look is
   * due by then.
   */
  public long untilTakeover(Observation seen, ClockReading now) {
    return seen.untilTakeover(now.nanos());
  }

  /**
   * Whether an item shows a hold of this very client that is over or has never begun: no other
   * client can be waiting for its end.
   */
  public boolean isOwnGhost(LockKey key, LockItem item) {
    return item.ownerName().equals(config.ownerName())
        && (retired.contains(item.version())
            || reservations.contains(item.version())
            || isUnclaimed(key, item));
  }

  /**
   * Whether an item names a session of this very client with a version that no hold or write in
   * doubt has: it is that of a hold that is over, or of a write that has come late. This needs no
   * memory, since only this client names its sessions.
   */
  private boolean isUnclaimed(LockKey key, LockItem item) {
    LockKey session = item.session();
    return session != null
        && holds.isOpenSession(session)
        && !claims.contains(item.version())
        && !holds.isHeldHere(key)
        && !holds.isNamedByAHold(key, item.version());
  }

  /** The fast path, for users that trust wall clocks within a bound. */
  private boolean isLongDead(Observation seen, ClockReading now) {
    Duration maxClockError = config.maxClockError();
    return maxClockError != null && seen.isLongDead(now.epochMillis(), maxClockError);
  }
}
