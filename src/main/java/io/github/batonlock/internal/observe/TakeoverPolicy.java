package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import org.jspecify.annotations.Nullable;

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
  private final FirstSight firstSight;

  public TakeoverPolicy(
      ClientConfig config,
      LocalHolds holds,
      RetiredVersions retired,
      Reservations reservations,
      Claims claims,
      FirstSight firstSight) {
    this.config = config;
    this.holds = holds;
    this.retired = retired;
    this.reservations = reservations;
    this.claims = claims;
    this.firstSight = firstSight;
  }

  public boolean mayTakeOver(LockKey key, LockItem item, Observation seen, ClockReading now) {
    return seen.mayTakeOver(now.nanos())
        || isOwnGhost(key, item)
        || firstSight.mayTakeOver(item, seen, now);
  }

  /**
   * The time until a holder that stays silent may be taken over, in nanoseconds. The next look is
   * due by then.
   */
  public long untilTakeover(LockItem item, Observation seen, ClockReading now) {
    return Math.min(seen.untilTakeover(now.nanos()), firstSight.untilTakeover(item, seen, now));
  }

  /** Whether the lease that an item shows is over, by what it says of its version. */
  boolean isOverAtFirstSight(LockItem item, ClockReading now) {
    return firstSight.isOver(item, now);
  }

  /** The mark that a client which gives up on a lock leaves; null if none is wanted. */
  @Nullable SentBefore mark(LockItem item, @Nullable Observation seen, ClockReading now) {
    return firstSight.mark(item, seen, now);
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
}
