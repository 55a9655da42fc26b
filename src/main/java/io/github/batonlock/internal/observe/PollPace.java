package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.protocol.HoldTimes;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Rhythm;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often a waiter looks at a lock: when holders usually let go of it, ever less often when it is
 * held for longer, and just after its holder's heartbeats; jittered, so that waiters do not look
 * together.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class PollPace {
  private static final long SHORTEST = 25 * ClockReading.NANOS_PER_MILLI;

  /** With the jitter: less than one look a second. */
  private static final long LONGEST = 1_200 * ClockReading.NANOS_PER_MILLI;

  private static final double JITTER = 0.1;

  /** A lease this many looks long is still taken over in time. */
  private static final int LOOKS_PER_LEASE = 3;

  /** How much longer a pause may become to meet a heartbeat. */
  private static final double STRETCH = 1.5;

  /**
   * What a look costs of the time that passes, and how much may be saved: a look a second, about.
   */
  private static final long LOOK = 950 * ClockReading.NANOS_PER_MILLI;

  private static final long MOST_SAVED = 2 * LOOK;

  private final RandomGenerator random;
  private final Rhythm rhythm = new Rhythm();
  private final HoldTimes holdTimes = new HoldTimes();
  private @Nullable Seen holder;

  /** When this holder was first seen; means nothing while there is none. */
  private long heldSince;

  /** Time in which fewer looks were taken than might have been. */
  private long saved;

  private long lastPlanned;

  /**
   * What is kept of an item, which may be large: enough to tell one hold from the next.
   *
   * @param released whether nobody held the lock
   * @param owner a hash of the holder's name, which may be long
   * @param token the holder's
   * @param lease the holder's
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

  public PollPace(RandomGenerator random) {
    this.random = random;
  }

  /**
   * Takes note of a look.
   *
   * @param item what it showed
   * @param lookSent before it was sent
   * @param answered after its answer
   */
  public void saw(LockItem item, long lookSent, ClockReading answered) {
    rhythm.saw(item.version(), item.leaseDuration(), lookSent, answered);
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

  private void ended(Seen before, long now) {
    if (!before.released()) {
      holdTimes.ended(now - heldSince);
    }
  }

  /** This client has the lock now, and need not look. */
  public void acquired(long now) {
    Seen before = holder;
    if (before != null) {
      ended(before, now);
    }
    holder = null;
  }

  /** The lock may be free in a moment. */
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
