package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Rhythm;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often a waiter looks at a lock: several times in the time that holders usually have it, ever
 * less often when it is held for longer, and just after its holder's heartbeats; jittered, so that
 * waiters do not look together.
 */
final class PollPace {
  private static final long SHORTEST = 25 * Moment.NANOS_PER_MILLI;

  /** With the jitter: less than one look a second. */
  private static final long LONGEST = 1_200 * Moment.NANOS_PER_MILLI;

  private static final double JITTER = 0.1;

  /** Looks in the time a lock is usually held: the lock is free for half of one, on average. */
  private static final int LOOKS_PER_HOLD = 8;

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
  private @Nullable LockItem holder;

  /** When this holder was first seen; means nothing while there is none. */
  private long heldSince;

  /** How long holders were seen to have the lock; 0 if not yet seen. */
  private long usualHold;

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
   * @param now after its answer
   */
  void saw(LockItem item, long lookSent, long now) {
    rhythm.saw(item.version(), lookSent, now);
    LockItem before = holder;
    if (before == null) {
      heldSince = now;
    } else if (!isSameHold(before, item)) {
      long held = now - heldSince;
      usualHold = usualHold == 0 ? held : (3 * usualHold + held) / 4;
      heldSince = now;
    }
    holder = item;
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
    long late = now - heldSince - 2 * usualHold;
    long wanted = Math.max(SHORTEST, Math.max(usualHold / LOOKS_PER_HOLD, late));
    long pause = jittered(Math.min(wanted, longest));
    saved = Math.max(0, Math.min(MOST_SAVED, saved + now - lastPlanned - LOOK));
    lastPlanned = now;
    OptionalLong heartbeat = rhythm.nextLook(now, LOOK - saved);
    boolean meets = heartbeat.isPresent() && heartbeat.getAsLong() <= pause * STRETCH;
    return meets ? heartbeat.getAsLong() : pause;
  }

  private long jittered(long nanos) {
    return (long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble()));
  }
}
