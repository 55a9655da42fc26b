package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
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
  private final long began;
  private EventLoop.Timer pause = () -> {};
  private Pause kind = Pause.NONE;
  private EventLoop.Timer end = () -> {};

  /** The reason for a pause. */
  private enum Pause {
    /** There is no pause. */
    NONE,
    /** The next look or try is not due yet. */
    UNTIL_DUE,
    /** The next step is due in a moment. */
    BRIEF,
    /** This client is releasing the lock now. */
    OWN_RELEASE
  }

  /** Starts the caller's time limit now. */
  AcquisitionTimer(EventLoop loop, Backoff backoff, @Nullable Duration limit) {
    this.loop = loop;
    this.backoff = backoff;
    this.limit = limit;
    this.began = loop.nanoTime();
  }

  /** Runs something when the caller's time is up. */
  void atEnd(Runnable onTimeUp) {
    if (limit != null) {
      end = loop.schedule(left(), onTimeUp);
    }
  }

  Duration waited() {
    return Duration.ofNanos(loop.nanoTime() - began);
  }

  boolean isTimeUp() {
    return left() <= 0;
  }

  private long left() {
    return limit == null ? Long.MAX_VALUE : limit.minus(waited()).toNanos();
  }

  /** A request was answered. */
  void answered() {
    backoff.reset();
  }

  /** A request failed: each next try comes later. */
  void backOff(Runnable nextTry) {
    pause(backoff.next(), nextTry);
  }

  /** Runs the next step after a pause. Replaces the pause before it. */
  void pause(long nanos, Runnable next) {
    pause(nanos > 0 ? Pause.UNTIL_DUE : Pause.BRIEF, nanos, next);
  }

  /** The same, after a pause that is too short to do anything else meanwhile. */
  void pauseBriefly(long nanos, Runnable next) {
    pause(Pause.BRIEF, nanos, next);
  }

  /** The same, unless the release of the lock is reported before that. */
  void awaitRelease(long nanos, Runnable next) {
    pause(Pause.OWN_RELEASE, nanos, next);
  }

  private void pause(Pause newKind, long nanos, Runnable next) {
    pause.cancel();
    kind = newKind;
    pause =
        loop.schedule(
            nanos,
            () -> {
              kind = Pause.NONE;
              next.run();
            });
  }

  boolean isPausingBriefly() {
    return kind == Pause.BRIEF || kind == Pause.OWN_RELEASE;
  }

  boolean isAwaitingRelease() {
    return kind == Pause.OWN_RELEASE;
  }

  /** Cancels the pause and its next step. */
  void cancelPause() {
    kind = Pause.NONE;
    pause.cancel();
  }

  /** Stops waiting. */
  void stop() {
    pause.cancel();
    end.cancel();
  }
}
