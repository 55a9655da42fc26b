package io.github.batonlock.internal.client;

import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.runtime.Liveness;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What has to be so besides the lease for one hold to go on: its worker lives, its time is not up,
 * its work makes progress. By the monotonic clock, for which a suspended machine stands still.
 *
 * <p>Looked at whenever the user asks, before each write that renews, and by a timer of its own.
 * Asking and pulses: any thread; the timer belongs to the loop.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Gates {
  private static final long NEVER = Long.MAX_VALUE;

  private final Core core;
  private final DefaultHeldLock lock;
  private final @Nullable Liveness worker;
  private final long maxHold;
  private final long stallLimit;
  private final long begin;
  private volatile long lastPulse;
  private Timer timer = () -> {};
  private boolean stopped;

  private Gates(Core core, DefaultHeldLock lock, HoldLimits limits) {
    this.core = core;
    this.lock = lock;
    this.worker = limits.worker();
    this.maxHold = nanos(limits.maxHold());
    this.stallLimit = nanos(limits.stallLimit());
    this.begin = core.loop.now().nanos();
    this.lastPulse = begin;
  }

  /** The gates of a hold that begins now; null if it has none. */
  static @Nullable Gates of(Core core, DefaultHeldLock lock, @Nullable HoldLimits limits) {
    return limits == null ? null : new Gates(core, lock, limits);
  }

  private static long nanos(@Nullable Duration limit) {
    return limit == null ? NEVER : limit.toNanos();
  }

  /** Whether a loss for this reason came from a gate, not from the lease or the table. */
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

  /** Whether the item may name the former holder still, after a loss for this reason. */
  static boolean leavesTheItem(@Nullable Reason reason) {
    return reason != null && (reason == Reason.LEASE_EXPIRED || isOfGates(reason));
  }

  /** Revokes the lock if one of them is closed. */
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

  /** The work goes on. A pulse that comes too late does not revive the lock. */
  void pulse(ClockReading now) {
    long before = lastPulse;
    if (now.nanos() - before >= stallLimit) {
      check(now);
    } else if (now.nanos() > before) {
      lastPulse = now.nanos();
    }
  }

  /** How long the lock may be held still, whatever is done. */
  long leftNanos(ClockReading now) {
    return maxHold == NEVER ? NEVER : Math.max(0, maxHold - (now.nanos() - begin));
  }

  /** The hold is kept from now on. */
  static void start(@Nullable Gates gates) {
    if (gates != null) {
      gates.look();
    }
  }

  /** The hold is over. */
  static void stop(@Nullable Gates gates) {
    if (gates != null) {
      gates.stopped = true;
      gates.timer.cancel();
    }
  }

  private void look() {
    if (stopped) {
      return;
    }
    ClockReading now = core.loop.now();
    check(now);
    if (!lock.isEnded()) {
      timer = core.loop.schedule(untilNextLook(now), this::look);
    }
  }

  private long untilNextLook(ClockReading now) {
    long next = leftNanos(now);
    if (stallLimit != NEVER) {
      next = Math.min(next, stallLimit - (now.nanos() - lastPulse));
    }
    return worker == null ? next : Math.min(next, lock.terms().heartbeat().toNanos());
  }
}
