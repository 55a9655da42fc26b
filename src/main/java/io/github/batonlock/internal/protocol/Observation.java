package io.github.batonlock.internal.protocol;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A version a waiter has seen in an item, and since when (protocol section 2).
 *
 * @param version what was seen
 * @param since the monotonic clock after the first answer that showed it
 * @param lease the holder's lease, as the item says
 * @param replaced the version seen before this one; a stale read may show it again
 */
public record Observation(String version, long since, Duration lease, @Nullable String replaced) {

  /** Holders of ours stop at 0.8 L by themselves: nothing is added to the lease. */
  private static final int OUR_WAIT_PERCENT = 100;

  /** Foreign holders keep no margin for the rates of clocks: g = 0.25. */
  private static final int FOREIGN_WAIT_PERCENT = 125;

  static Observation first(LockItem item, long now) {
    return new Observation(item.version(), now, item.leaseDuration(), null);
  }

  Observation next(LockItem item, long now) {
    if (item.version().equals(version) || item.version().equals(replaced)) {
      return this;
    }
    return new Observation(item.version(), now, item.leaseDuration(), version);
  }

  /**
   * The line that decides a takeover: a version seen unchanged for {@code L(1 + g)} may be taken
   * over, by a write conditioned on exactly that version.
   *
   * @param now the monotonic clock
   * @return true if the holder has been silent for long enough
   */
  public boolean mayTakeOver(long now) {
    return now - since >= waitNanos();
  }

  /**
   * When {@link #mayTakeOver} becomes true.
   *
   * @param now the monotonic clock
   * @return nanoseconds from now; not positive if it is true
   */
  public long untilTakeover(long now) {
    return waitNanos() - (now - since);
  }

  /**
   * Whether the holder was alive less than a lease ago: this client saw it replace its version.
   *
   * @param now the monotonic clock
   * @return false if silent, or seen only once
   */
  public boolean sawHeartbeat(long now) {
    return replaced != null && now - since < lease.toNanos();
  }

  /**
   * The optional fast path: whether a version of ours was written so long ago, by wall clocks of
   * bounded error, that its lease is over at first sight. A foreign version never qualifies.
   *
   * @param nowEpochMillis this machine's wall clock
   * @param maxClockError what any host's wall clock may be wrong by
   * @return true if the lock may be taken over at once
   */
  public boolean isLongDead(long nowEpochMillis, Duration maxClockError) {
    var written = RecordVersion.epochMillis(version);
    return written.isPresent()
        && nowEpochMillis - written.getAsLong()
            > lease.toMillis() + 2 * maxClockError.toMillis() + FAST_PATH_MARGIN_MILLIS;
  }

  /** For the rounding of clocks and the time between reading one and sending. */
  private static final long FAST_PATH_MARGIN_MILLIS = 1_000;

  private long waitNanos() {
    int percent = RecordVersion.isOurs(version) ? OUR_WAIT_PERCENT : FOREIGN_WAIT_PERCENT;
    return lease.toNanos() / 100 * percent;
  }
}
