package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.protocol.HoldTimeEstimator;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The pace at which a waiter reads a lock. It reads when holders usually release the lock, less and
 * less often the longer the lock is held, and just after its holder's heartbeats. While a release
 * is expected, it reads often. The times are jittered, so that waiters do not read together.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class PollSchedule {
  private static final long SHORTEST = 25 * ClockReading.NANOS_PER_MILLI;

  /** With the jitter: less than one look a second. */
  private static final long LONGEST = 1_200 * ClockReading.NANOS_PER_MILLI;

  private static final double JITTER = 0.1;

  /** With this many looks in a lease, a silent holder's lock is still taken over in time. */
  private static final int LOOKS_PER_LEASE = 3;

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
  private @Nullable Seen holder;

  /** When this holder was first seen; not valid while there is no holder. */
  private long heldSince;

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
      return released == other.released && owner == other.owner && token.equals(other.token);
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
    long now = answered.nanos();
    Seen seen = Seen.of(item);
    Seen before = holder;
    if (before == null) {
      heldSince = now;
    } else if (!before.isSameHold(seen)) {
      ended(before, now);
      heldSince = now;
    }
    holder = seen;
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

  private void ended(Seen before, long now) {
    if (!before.released()) {
      holdTimes.ended(now - heldSince);
    }
  }

  /** This client has the lock now, and does not need to look. */
  public void acquired(long now) {
    Seen before = holder;
    if (before != null) {
      ended(before, now);
    }
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
    long wanted = Math.max(SHORTEST, holdTimes.nextLook(now - heldSince));
    long pause = jittered(Math.min(wanted, longest));
    saved = Math.max(0, Math.min(MOST_SAVED, saved + now - lastPlanned - LOOK));
    lastPlanned = now;
    // While looks are frequent, one more costs nothing. Later, time for it has to be saved.
    long notBefore = wanted < longest ? 0 : LOOK - saved;
    return schedule.next(now, new LookSchedule.Pace(pause, notBefore, (long) (pause * STRETCH)));
  }

  private long jittered(long nanos) {
    return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }
}
