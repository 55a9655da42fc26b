package io.github.batonlock.internal.protocol;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The times of a holder's heartbeats, learnt from the versions it writes. A waiter can look just
 * after the next heartbeat, and count the lease from there.
 *
 * <p>A version of this library contains the time of its send, by a wall clock that may have any
 * error. Only differences of that clock are used: between versions, for the interval; and between a
 * version and the looks before and after it appeared, which bound the offset to this machine's
 * clock, closer each time. The first guesses are that the two wall clocks agree, as those of most
 * machines do to some milliseconds, and that the interval is a quarter of the lease, as it is by
 * default; a wrong guess costs a look. Safety does not depend on any of this: it decides when to
 * look, never which lock may be taken. Used by one thread.
 */
public final class HeartbeatPredictor {
  /** The width of a bracket that need not be halved any more: half of it is lost on average. */
  private static final long NARROW = 40 * ClockReading.NANOS_PER_MILLI;

  /** The margin for the jitter of timers and answers, on both sides. */
  private static final long SLACK = 10 * ClockReading.NANOS_PER_MILLI;

  /** The extra time for a heartbeat that is due, before it counts as missed. */
  private static final long GRACE = 100 * ClockReading.NANOS_PER_MILLI;

  /** By default a heartbeat is sent four times in a lease. */
  private static final int BEATS_PER_LEASE = 4;

  private static final long UNKNOWN = Long.MIN_VALUE;

  private @Nullable String version;

  /** When the version was sent, by the holder's wall clock, in nanoseconds; or unknown. */
  private long sentAt = UNKNOWN;

  /** The time between heartbeats; 0 if unknown. */
  private long interval;

  private boolean isGuessed;

  /** Whether the version is a heartbeat's for certain, not that of the grant. */
  private boolean hasSeenBeat;

  /**
   * The lower bound of the offset from the holder's clock to this machine's; the next field is the
   * upper bound.
   */
  private long earliest = UNKNOWN;

  private long latest = UNKNOWN;

  /** The same offset, if both wall clocks agree. */
  private long assumed = UNKNOWN;

  /** The send time of the last look that still showed the version. */
  private long lastLook = UNKNOWN;

  /**
   * Records a look.
   *
   * @param seen the version it showed
   * @param lease the lease in the item
   * @param lookSent the monotonic clock before the look was sent
   * @param answered the moment after its answer
   */
  public void saw(String seen, Duration lease, long lookSent, ClockReading answered) {
    long lookAnswered = answered.nanos();
    assumed = lookAnswered - answered.epochMillis() * ClockReading.NANOS_PER_MILLI;
    if (seen.equals(version)) {
      lastLook = lookSent;
      return;
    }
    OptionalLong millis = RecordVersion.epochMillis(seen);
    long sent = millis.isEmpty() ? UNKNOWN : millis.getAsLong() * ClockReading.NANOS_PER_MILLI;
    boolean follows = sent != UNKNOWN && sentAt != UNKNOWN && sent > sentAt;
    if (follows) {
      learnInterval(sent - sentAt);
    } else {
      interval = sent == UNKNOWN ? 0 : lease.toNanos() / BEATS_PER_LEASE;
      isGuessed = true;
      hasSeenBeat = false;
    }
    if (sent != UNKNOWN) {
      narrow(follows && lastLook != UNKNOWN ? lastLook - sent : UNKNOWN, lookAnswered - sent);
    }
    // The version of another library contains no time, and may be long.
    version = sent == UNKNOWN ? null : seen;
    sentAt = sent;
    lastLook = lookSent;
  }

  /**
   * Looks may have missed heartbeats, and an update of a lock's data may come between heartbeats.
   */
  private void learnInterval(long difference) {
    boolean mayBeFirst = !hasSeenBeat;
    hasSeenBeat = true;
    if (isGuessed && mayBeFirst && difference < interval) {
      // The first heartbeat of a hold comes at any time of the first interval.
      return;
    }
    boolean missedWhenDue =
        isGuessed || (interval > 0 && lastLook > sentAt + interval + latest + SLACK);
    isGuessed = false;
    if (interval == 0 || missedWhenDue || difference < interval) {
      interval = difference;
    } else {
      interval = difference / Math.round((double) difference / interval);
    }
  }

  /**
   * The time between heartbeats.
   *
   * @return nanoseconds; empty as long as it is guessed
   */
  public OptionalLong interval() {
    return interval == 0 || isGuessed ? OptionalLong.empty() : OptionalLong.of(interval);
  }

  private void narrow(long atLeast, long atMost) {
    boolean clockStepped =
        latest == UNKNOWN || atMost < earliest || (atLeast != UNKNOWN && atLeast > latest);
    if (clockStepped) {
      earliest = atLeast;
      latest = atMost;
    } else {
      earliest = Math.max(earliest, atLeast);
      latest = Math.min(latest, atMost);
    }
  }

  /**
   * The time at which a look will learn most: between the bounds while these are far apart, and
   * otherwise just after a heartbeat should have appeared; once more if it had not.
   *
   * @param now the monotonic clock
   * @param notBefore nanoseconds from now in which there is to be no look
   * @return nanoseconds from now, positive and not less than {@code notBefore}; empty if the
   *     interval is not known
   */
  public OptionalLong nextLook(long now, long notBefore) {
    if (interval == 0) {
      return OptionalLong.empty();
    }
    boolean bounded = earliest != UNKNOWN;
    boolean mayAgree = assumed < latest && (!bounded || assumed > earliest);
    if (!bounded && !mayAgree) {
      return OptionalLong.empty();
    }
    long first = Math.max(now + Math.max(notBefore, 1), lastLook + 1);
    long due = sentAt + interval;
    boolean wide = !bounded || latest - earliest > NARROW;
    long middle = due + (mayAgree ? assumed + 2 * SLACK : earliest + (latest - earliest) / 2);
    long appeared = due + latest + SLACK;
    long next;
    if (wide && middle >= first) {
      next = middle;
    } else if (appeared >= first) {
      next = appeared;
    } else if (appeared + GRACE >= first) {
      next = appeared + GRACE;
    } else {
      long later = wide ? middle : appeared;
      next = later + (first - later + interval - 1) / interval * interval;
    }
    return OptionalLong.of(next - now);
  }
}
