package io.github.batonlock.internal.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A version that a waiter has seen in an item, and since when (protocol section 2).
 *
 * @param version the version that was seen
 * @param since the monotonic clock after the first answer that showed it
 * @param lease the holder's lease, as the item says
 * @param replaced the versions seen before this one, the latest last and bounded in number; a stale
 *     read may show any of them again
 * @param token the largest fencing token seen; an item with a larger one is news, whatever its
 *     version
 */
public record Observation(
    String version, long since, Duration lease, List<String> replaced, long token) {

  /** Holders of this library stop at 0.8 L by themselves: nothing is added to the lease. */
  private static final int OUR_WAIT_PERCENT = 100;

  /** Foreign holders keep no margin for the rates of clocks: g = 0.25. */
  private static final int FOREIGN_WAIT_PERCENT = 125;

  static Observation first(LockItem item, long now) {
    return new Observation(item.version(), now, item.leaseDuration(), List.of(), token(item));
  }

  private static long token(LockItem item) {
    return item.fencingToken().orElse(Long.MIN_VALUE);
  }

  Observation next(LockItem item, long now, Limit limit) {
    // A late duplicate of a holder's first write may have brought an old version back with a new
    // token: a new hold that no client has.
    boolean isStale = replaced.contains(item.version()) && token(item) <= token;
    if (item.version().equals(version) || isStale) {
      return this;
    }
    List<String> history = new ArrayList<>(replaced);
    history.remove(item.version());
    history.add(version);
    if (history.size() > limit.most()) {
      history.remove(0);
      limit.passed().run();
    }
    return new Observation(
        item.version(),
        now,
        item.leaseDuration(),
        Collections.unmodifiableList(history),
        Math.max(token, token(item)));
  }

  /**
   * The rule that decides a takeover: a version seen unchanged for {@code L(1 + g)} may be taken
   * over, by a write conditioned on exactly that version.
   *
   * @param now the monotonic clock
   * @return true if the holder has been silent for long enough
   */
  public boolean mayTakeOver(long now) {
    return now - since >= waitNanos();
  }

  /**
   * The time until {@link #mayTakeOver} becomes true.
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
    return !replaced.isEmpty() && now - since < lease.toNanos();
  }

  private long waitNanos() {
    return waitNanos(version, lease);
  }

  /** The silence after which a lease is over, by the clocks of others: {@code L(1 + g)}. */
  static long waitNanos(String version, Duration lease) {
    int percent = RecordVersion.isOurs(version) ? OUR_WAIT_PERCENT : FOREIGN_WAIT_PERCENT;
    return lease.toNanos() / 100 * percent;
  }
}
