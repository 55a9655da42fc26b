package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time of one acquisition: the pauses between its tries and reads, and the caller's time limit.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class AcquisitionTimer {
  private final EventLoop loop;
  private final Backoff backoff;
  private final @Nullable Duration limit;
  private final @Nullable Duration ofOneTry;
  private final long began;
  private EventLoop.Timer pause = () -> {};
  private EventLoop.Timer end = () -> {};

  /**
   * Starts the caller's time limit now.
   *
   * @param limit how long the caller waits; null for no limit
   * @param ofOneTry how long all requests of one try may take; null for the time of one request
   */
  AcquisitionTimer(
      EventLoop loop, Backoff backoff, @Nullable Duration limit, @Nullable Duration ofOneTry) {
    this.loop = loop;
    this.backoff = backoff;
    this.limit = limit;
    this.ofOneTry = ofOneTry;
    this.began = loop.nanoTime();
  }

  /** Runs something when the caller's time is up. */
  void atEnd(Runnable onTimeUp) {
    if (limit != null) {
      end = loop.schedule(left(), onTimeUp);
    }
  }

  ClockReading now() {
    return loop.now();
  }

  /** Whether the calling thread may use the acquisition's state. */
  boolean isOnLoop() {
    return loop.isCurrent();
  }

  Duration waited() {
    return Duration.ofNanos(loop.nanoTime() - began);
  }

  boolean isTimeUp() {
    return left() <= 0;
  }

  /**
   * The time limits of a request that is sent now: no longer than the caller waits, or than one
   * attempt.
   *
   * @param whole the limits of a request whose caller has time
   * @param isOneTry whether all requests of the acquisition share the time of one
   */
  Timeouts limits(Timeouts whole, boolean isOneTry) {
    if (isOneTry) {
      Duration time = ofOneTry == null ? whole.total() : whole.within(ofOneTry).total();
      return whole.within(time.minus(waited()));
    }
    return whole.within(Duration.ofNanos(left()));
  }

  private long left() {
    return limit == null ? Long.MAX_VALUE : limit.minus(waited()).toNanos();
  }

  /** A request was answered. */
  void answered() {
    backoff.reset();
  }

  /** A request failed: the pause before the next try, in nanoseconds. Each one is longer. */
  long backOff() {
    return backoff.next();
  }

  /** Runs the next step after a pause. Replaces the pause before it. */
  void pause(long nanos, Runnable next) {
    pause.cancel();
    pause = loop.schedule(nanos, next);
  }

  /** Cancels the pause and its next step. */
  void cancelPause() {
    pause.cancel();
  }

  /** Stops waiting. */
  void stop() {
    pause.cancel();
    end.cancel();
  }
}
