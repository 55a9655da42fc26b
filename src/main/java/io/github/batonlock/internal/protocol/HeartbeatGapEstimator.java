package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The usual time between two versions of a holder, as seen from outside. It distinguishes a holder
 * with a clearly overdue heartbeat from one that is well. Monotonic clock only. For one holder;
 * used by one thread.
 */
public final class HeartbeatGapEstimator {
  /** How many times the usual silence is clearly too long. */
  private static final double PATIENCE = 1.5;

  /** The margin for the jitter of timers and answers where intervals are short. */
  private static final long SLACK = 200 * ClockReading.NANOS_PER_MILLI;

  /**
   * The lease divided by this is the longest silence that is not yet too long. This limit also
   * holds before the usual silence is known.
   */
  private static final int LEASE_PART = 2;

  /** The default of holders: heartbeats in a lease. */
  private static final int BEATS_PER_LEASE = 4;

  /**
   * How slowly a shorter silence is learnt, at the start and after a long silence: updates of a
   * lock's data may follow each other at once.
   */
  private static final int MEMORY = 16;

  private @Nullable String version;
  private long since;
  private boolean sawChange;
  private long usual;

  /**
   * Records a version.
   *
   * @param seen the version in the item
   * @param lease the holder's lease
   * @param firstSeen when it was first seen
   */
  public void saw(String seen, Duration lease, long firstSeen) {
    if (seen.equals(version)) {
      return;
    }
    if (sawChange) {
      // A silence longer than the maximum patience does not raise what is learnt any further.
      long silence = Math.min(firstSeen - since, lease.toNanos() / LEASE_PART);
      learn(silence, usual == 0 ? lease.toNanos() / BEATS_PER_LEASE : usual);
    }
    // It is not known how long the first version had been in the item.
    sawChange = version != null;
    version = seen;
    since = firstSeen;
  }

  private void learn(long silence, long before) {
    usual = silence >= before ? silence : before - (before - silence) / MEMORY;
  }

  /**
   * The silence after which the next heartbeat is clearly overdue.
   *
   * @param lease the holder's lease
   * @return nanoseconds, at most half of the lease
   */
  public long suspectAfter(Duration lease) {
    long most = lease.toNanos() / LEASE_PART;
    return usual == 0 ? most : Math.min(most, (long) (usual * PATIENCE) + SLACK);
  }
}
