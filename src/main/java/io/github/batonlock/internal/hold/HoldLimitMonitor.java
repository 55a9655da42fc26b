package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.runtime.Lifetime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The conditions, besides the lease, under which one hold goes on: its worker is alive, its maximum
 * time is not over, and its work makes progress. Times are measured by the monotonic clock, which
 * stands still while a machine is suspended.
 *
 * <p>The limits are checked whenever the user asks for the lock's state, before each write that
 * renews, and by a timer of their own. Asking and reports of progress: any thread; the timer
 * belongs to the loop.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class HoldLimitMonitor {
  private static final long NEVER = Long.MAX_VALUE;

  private final EventLoop loop;
  private final Limited lock;
  private final long heartbeat;
  private final @Nullable Lifetime worker;
  private final long stallLimit;
  private final long begin;

  /** Counted from the begin. */
  private volatile long maxHold;

  private volatile long lastPulse;
  private Timer timer = () -> {};
  private boolean stopped;

  /** The hold that has the limits. Any thread. */
  interface Limited {
    boolean isEnded();

    void revoke(Reason reason);
  }

  private HoldLimitMonitor(EventLoop loop, Limited lock, HoldLimits limits, Duration heartbeat) {
    this.loop = loop;
    this.lock = lock;
    this.heartbeat = heartbeat.toNanos();
    this.worker = limits.worker();
    this.maxHold = nanos(limits.maxHold());
    this.stallLimit = nanos(limits.stallLimit());
    this.begin = loop.now().nanos();
    this.lastPulse = begin;
  }

  /** The limits of a hold that begins now; null if the hold has no limits. */
  static @Nullable HoldLimitMonitor of(EventLoop loop, Limited lock, HoldSpec spec) {
    HoldLimits limits = spec.limits();
    return limits == null
        ? null
        : new HoldLimitMonitor(loop, lock, limits, spec.terms().heartbeat());
  }

  private static long nanos(@Nullable Duration limit) {
    return limit == null ? NEVER : limit.toNanos();
  }

  /**
   * Whether a loss for this reason came from a limit of the hold, not from the lease or the table.
   */
  static boolean isOfGates(Reason reason) {
    return switch (reason) {
      case WORKER_DIED, HELD_TOO_LONG, STALLED -> true;
      case LEASE_EXPIRED,
          TAKEN_OVER,
          ITEM_DELETED,
          ITEM_CHANGED,
          RELEASED_EXTERNALLY,
          CLIENT_CLOSED ->
          false;
    };
  }

  /** Whether the item may still name the former holder, after a loss for this reason. */
  static boolean leavesTheItem(@Nullable Reason reason) {
    return reason != null && (reason == Reason.LEASE_EXPIRED || isOfGates(reason));
  }

  /** Revokes the lock if one of the limits is passed. */
  void check(ClockReading now) {
    Reason closed = closed(now.nanos());
    if (closed != null) {
      lock.revoke(closed);
    }
  }

  private @Nullable Reason closed(long now) {
    if (now - begin >= maxHold) {
      return Reason.HELD_TOO_LONG;
    } else if (worker != null && !worker.isAlive()) {
      return Reason.WORKER_DIED;
    }
    return now - lastPulse >= stallLimit ? Reason.STALLED : null;
  }

  /**
   * Records that the work makes progress. A report that comes too late does not revive the lock.
   */
  void progress(ClockReading now) {
    long before = lastPulse;
    if (now.nanos() - before >= stallLimit) {
      check(now);
    } else if (now.nanos() > before) {
      lastPulse = now.nanos();
    }
  }

  /** How long the lock may still be held at most, whatever the user does. */
  long leftNanos(ClockReading now) {
    long limit = maxHold;
    return limit == NEVER ? NEVER : Math.max(0, limit - (now.nanos() - begin));
  }

  /** Ends the hold when it has gone on for so long from now, instead of the time before. */
  void limitTo(Duration fromNow) {
    assert loop.isCurrent();
    maxHold = loop.now().nanos() - begin + fromNow.toNanos();
    timer.cancel();
    look();
  }

  /** The hold begins: starts the timer. */
  void start() {
    assert loop.isCurrent();
    look();
  }

  /** The hold is over: stops the timer. */
  void stop() {
    assert loop.isCurrent();
    stopped = true;
    timer.cancel();
  }

  private void look() {
    if (stopped) {
      return;
    }
    ClockReading now = loop.now();
    check(now);
    if (!lock.isEnded()) {
      timer = loop.schedule(untilNextLook(now), this::look);
    }
  }

  private long untilNextLook(ClockReading now) {
    long next = leftNanos(now);
    if (stallLimit != NEVER) {
      next = Math.min(next, stallLimit - (now.nanos() - lastPulse));
    }
    return worker == null ? next : Math.min(next, heartbeat);
  }
}
