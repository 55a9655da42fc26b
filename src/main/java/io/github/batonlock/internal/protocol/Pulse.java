package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long a holder is usually silent between two versions, as seen from outside; so that one whose
 * heartbeat is clearly overdue can be told from one that is well. Monotonic clock only. For one
 * holder; used by one thread.
 */
public final class Pulse {
  /** Of what it usually is, before a silence counts as clearly too long. */
  private static final double PATIENCE = 1.5;

  /** For the jitter of timers and answers where intervals are short. */
  private static final long SLACK = 200 * ClockReading.NANOS_PER_MILLI;

  /** Of a lease, before it is known what is usual, and at most. */
  private static final int LEASE_PART = 2;

  /** What holders do by default: beats in a lease. */
  private static final int BEATS_PER_LEASE = 4;

  /**
   * How slowly it is believed that a holder is more talkative than that, and that it is again after
   * a long silence: updates of a lock's data may follow each other at once.
   */
  private static final int MEMORY = 16;

  private @Nullable String version;
  private long since;
  private boolean sawChange;
  private long usual;

  /**
   * Takes note of a version.
   *
   * @param seen the version in the item
   * @param lease the holder's lease
   * @param firstSeen when it was seen first
   */
  public void saw(String seen, Duration lease, long firstSeen) {
    if (seen.equals(version)) {
      return;
    }
    if (sawChange) {
      // What was longer than the patience with anybody teaches no more.
      long silence = Math.min(firstSeen - since, lease.toNanos() / LEASE_PART);
      learn(silence, usual == 0 ? lease.toNanos() / BEATS_PER_LEASE : usual);
    }
    // The first one had been there for nobody knows how long.
    sawChange = version != null;
    version = seen;
    since = firstSeen;
  }

  private void learn(long silence, long before) {
    usual = silence >= before ? silence : before - (before - silence) / MEMORY;
  }

  /**
   * After how much silence the next heartbeat is clearly overdue.
   *
   * @param lease the holder's lease
   * @return nanoseconds, at most half of the lease
   */
  public long suspectAfter(Duration lease) {
    long most = lease.toNanos() / LEASE_PART;
    return usual == 0 ? most : Math.min(most, (long) (usual * PATIENCE) + SLACK);
  }
}
