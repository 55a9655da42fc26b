package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.protocol.HoldTimeEstimator;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.RivalEstimator;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a waiter reads a lock.
 *
 * <ul>
 *   <li>It reads when holders usually release the lock, as far as the turn of its client has come
 *       by then: the looks of all waiters together find the end of a hold, not those of each one.
 *   <li>It reads less and less often the longer the lock is held, and just after its holder's
 *       heartbeats.
 *   <li>While a release is expected, it reads often.
 * </ul>
 *
 * The times are jittered, so that waiters do not read together.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class PollSchedule {
  private static final long SHORTEST = HoldTimeEstimator.SHORTEST;

  /** With the jitter: less than one look a second. */
  private static final long LONGEST = 1_200 * ClockReading.NANOS_PER_MILLI;

  private static final double JITTER = 0.1;

  /** Where looks are placed between the bounds of usual holds, they keep their places so. */
  private static final double JITTER_OF_DISTANCE = 0.4;

  /** With this many looks in a lease, a silent holder's lock is still taken over in time. */
  private static final int LOOKS_PER_LEASE = 3;

  /** A look after each heartbeat of a holder with the usual interval. */
  private static final int LOOKS_PER_LEASE_AT_HEARTBEATS = 4;

  /** How much longer a pause may become so that the look follows a heartbeat. */
  private static final double STRETCH = 1.5;

  /**
   * The time that one look costs, and the limit of the time that may be saved: about one look a
   * second.
   */
  private static final long LOOK = 950 * ClockReading.NANOS_PER_MILLI;

  private static final long MOST_SAVED = 2 * LOOK;

  /**
   * The part of the time since a release is expected that passes between two looks: the release is
   * seen late by no more than this part, and the looks become fewer with the logarithm of the time.
   */
  private static final int EXPECTED_PART = 40;

  private final RandomGenerator random;
  private final LookSchedule schedule = new LookSchedule();
  private final HoldTimeEstimator holdTimes = new HoldTimeEstimator();
  private final RivalEstimator rivals = new RivalEstimator();
  private @Nullable Seen holder;

  /** When this holder has got the lock, as far as is known; not valid while there is no holder. */
  private long heldSince;

  /** When the last look was sent, or this client had the lock; what is new has come later. */
  private @Nullable Long lastKnown;

  /** Time in which fewer looks were made than the pace allows. */
  private long saved;

  private long lastPlanned;
  private boolean releaseExpected;

  /** Since when the release is expected; not valid if none is. */
  private long expectedSince;

  /**
   * The part of an item that is kept. The item may be large; this is enough to distinguish two
   * holds.
   *
   * @param released whether no client held the lock
   * @param owner a hash of the holder's name, which may be long
   * @param token the holder's fencing token
   * @param lease the holder's lease
   */
  private record Seen(boolean released, int owner, OptionalLong token, Duration lease) {
    static Seen of(LockItem item) {
      return new Seen(
          item.released(), item.ownerName().hashCode(), item.fencingToken(), item.leaseDuration());
    }

    boolean isSameHold(Seen other) {
      return released == other.released && isOfOneGrantWith(other);
    }

    private boolean isOfOneGrantWith(Seen other) {
      return owner == other.owner && token.equals(other.token);
    }

    /** The grants from another hold to this one, at least one. */
    long grantsSince(Seen other) {
      return token.isPresent() && other.token.isPresent()
          ? Math.max(1, token.getAsLong() - other.token.getAsLong())
          : 1;
    }

    boolean isEndOf(Seen other) {
      return released && !other.released && isOfOneGrantWith(other);
    }
  }

  public PollSchedule(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Records a look.
   *
   * @param item the item that it showed
   * @param lookSent the time before it was sent
   * @param answered the time after its answer
   */
  public void saw(LockItem item, long lookSent, ClockReading answered) {
    schedule.saw(item, lookSent, answered);
    Seen seen = Seen.of(item);
    Seen before = holder;
    if (before == null || !before.isSameHold(seen)) {
      long written = written(item, answered);
      long held = Math.max(0, written - heldSince);
      if (before != null && seen.isEndOf(before)) {
        holdTimes.ended(held);
      } else if (before != null && !before.released()) {
        holdTimes.endedWithin(held / seen.grantsSince(before));
      }
      heldSince = written;
      if (!seen.released()) {
        rivals.saw(seen.owner(), seen.token(), written);
      }
    }
    holder = seen;
    lastKnown = lookSent;
  }

  /**
   * When the version of an item was written, on this machine's monotonic clock. If the wall clocks
   * agree, the version says it. Otherwise it lies between the last look and this one.
   */
  private long written(LockItem item, ClockReading seen) {
    long now = seen.nanos();
    Long before = lastKnown;
    OptionalLong millis = RecordVersion.epochMillis(item.version());
    if (millis.isPresent()) {
      long ago = (seen.epochMillis() - millis.getAsLong()) * ClockReading.NANOS_PER_MILLI;
      if (ago >= 0 && (before == null || ago <= now - before)) {
        return now - ago;
      }
    }
    return before == null ? now : now - Math.min((now - before) / 2, holdTimes.mean() / 2);
  }

  /** Holders are about to release the lock. Ends when this client has it. */
  public void expectRelease(long now) {
    if (!releaseExpected) {
      releaseExpected = true;
      expectedSince = now;
    }
  }

  /** Holders keep the lock. */
  public void expectNoRelease() {
    releaseExpected = false;
  }

  /**
   * The longest pause between two looks at a lock that is held.
   *
   * @param lease of the lock
   * @return with the jitter, and with the wait for a heartbeat
   */
  public static Duration longestPause(Duration lease) {
    long longest = Math.min(LONGEST, lease.toNanos() / LOOKS_PER_LEASE);
    return Duration.ofNanos((long) (longest * (1 + JITTER) * STRETCH));
  }

  /**
   * This client has the lock now, and does not need to look.
   *
   * @param token of its hold
   * @param passedOn whether another waiter of this client had it before
   */
  public void acquired(long token, boolean passedOn, long now) {
    rivals.acquired(token, now, passedOn);
    lastKnown = now;
    holder = null;
    releaseExpected = false;
  }

  /** The pause to the next look if the lock may be free in a moment. */
  public long soon() {
    return jittered(SHORTEST);
  }

  /** The time to the next look, in nanoseconds. */
  public long next(long now) {
    Seen seen = holder;
    if (seen == null) {
      return soon();
    }
    long longest = Math.min(LONGEST, seen.lease().toNanos() / LOOKS_PER_LEASE);
    long hasty = Math.max(SHORTEST, (now - expectedSince) / EXPECTED_PART);
    if (releaseExpected && hasty < longest) {
      saved = 0;
      lastPlanned = now;
      return jittered(hasty);
    }
    double share = rivals.share();
    long wanted = Math.max(holdTimes.nextLook(now - heldSince, share), rivals.untilTurn(now));
    long pause = jittered(Math.min(wanted, longest), holdTimes.distance(share));
    long look = Math.min(LOOK, seen.lease().toNanos() / LOOKS_PER_LEASE_AT_HEARTBEATS);
    saved = Math.max(0, Math.min(MOST_SAVED, saved + now - lastPlanned - look));
    lastPlanned = now;
    // A look for the usual end of a hold does not depend on heartbeats. As long as that is not
    // known, the look may come earlier for one. Later, time for it has to be saved.
    long early = holdTimes.isKnown() ? pause : pause / 2;
    long notBefore = wanted < longest ? early : look - saved;
    return schedule.next(now, new LookSchedule.Pace(pause, notBefore, (long) (pause * STRETCH)));
  }

  private long jittered(long nanos) {
    return jittered(nanos, nanos);
  }

  /** Jittered by no more than a part of the distance between two looks. */
  private long jittered(long nanos, long distance) {
    double most = Math.min(JITTER * nanos, distance * JITTER_OF_DISTANCE);
    return (long) (nanos + most * (2 * random.nextDouble() - 1));
  }
}
