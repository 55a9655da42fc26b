package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.HoldTimes;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Rhythm;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often a waiter looks at a lock: when holders usually let go of it, ever less often when it is
 * held for longer, and just after its holder's heartbeats; jittered, so that waiters do not look
 * together.
 */
final class PollPace {
  private static final long SHORTEST = 25 * Moment.NANOS_PER_MILLI;

  /** With the jitter: less than one look a second. */
  private static final long LONGEST = 1_200 * Moment.NANOS_PER_MILLI;

  private static final double JITTER = 0.1;

  /** A lease this many looks long is still taken over in time. */
  private static final int LOOKS_PER_LEASE = 3;

  /** How much longer a pause may become to meet a heartbeat. */
  private static final double STRETCH = 1.5;

  /**
   * What a look costs of the time that passes, and how much may be saved: a look a second, about.
   */
  private static final long LOOK = 950 * Moment.NANOS_PER_MILLI;

  private static final long MOST_SAVED = 2 * LOOK;

  private final RandomGenerator random;
  private final Rhythm rhythm = new Rhythm();
  private final HoldTimes holdTimes = new HoldTimes();
  private @Nullable LockItem holder;

  /** When this holder was first seen; means nothing while there is none. */
  private long heldSince;

  /** Time in which fewer looks were taken than might have been. */
  private long saved;

  private long lastPlanned;

  PollPace(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Takes note of a look.
   *
   * @param item what it showed
   * @param lookSent before it was sent
   * @param answered after its answer
   */
  void saw(LockItem item, long lookSent, Moment answered) {
    rhythm.saw(item.version(), item.leaseDuration(), lookSent, answered);
    long now = answered.nanos();
    LockItem before = holder;
    if (before == null) {
      heldSince = now;
    } else if (!isSameHold(before, item)) {
      ended(before, now);
      heldSince = now;
    }
    holder = item;
  }

  private void ended(LockItem before, long now) {
    if (!before.released()) {
      holdTimes.ended(now - heldSince);
    }
  }

  /** This client has the lock now, and need not look. */
  void acquired(long now) {
    LockItem before = holder;
    if (before != null) {
      ended(before, now);
    }
    holder = null;
  }

  private static boolean isSameHold(LockItem before, LockItem item) {
    return before.released() == item.released()
        && before.ownerName().equals(item.ownerName())
        && before.fencingToken().equals(item.fencingToken());
  }

  /** The lock may be free in a moment. */
  long soon() {
    return jittered(SHORTEST);
  }

  /** The time to the next look, in nanoseconds. */
  long next(long now) {
    LockItem item = holder;
    if (item == null) {
      return soon();
    }
    long longest = Math.min(LONGEST, item.leaseDuration().toNanos() / LOOKS_PER_LEASE);
    long wanted = Math.max(SHORTEST, holdTimes.nextLook(now - heldSince));
    long pause = jittered(Math.min(wanted, longest));
    saved = Math.max(0, Math.min(MOST_SAVED, saved + now - lastPlanned - LOOK));
    lastPlanned = now;
    // As long as looks are frequent, one more costs nothing; later it has to be saved up.
    long notBefore = wanted < longest ? 0 : LOOK - saved;
    OptionalLong heartbeat = rhythm.nextLook(now, notBefore);
    boolean meets = heartbeat.isPresent() && heartbeat.getAsLong() <= pause * STRETCH;
    return meets ? heartbeat.getAsLong() : pause;
  }

  private long jittered(long nanos) {
    return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }
}
