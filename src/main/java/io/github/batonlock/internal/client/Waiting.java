package io.github.batonlock.internal.client;

import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One acquisition's time: the pauses between its tries and looks, and the caller's patience. */
@ConfinedTo(ConfinedTo.LOOP)
final class Waiting {
  private final EventLoop loop;
  private final Backoff backoff;
  private final @Nullable Duration limit;
  private final long began;
  private EventLoop.Timer pause = () -> {};
  private Pause kind = Pause.NONE;
  private EventLoop.Timer end = () -> {};

  /** What a pause is for. */
  private enum Pause {
    /** There is none. */
    NONE,
    /** The next look or try is not due yet. */
    UNTIL_DUE,
    /** What comes next is due in a moment. */
    BRIEF,
    /** This client gives the lock back just now. */
    OWN_RELEASE
  }

  /** Begins now. */
  Waiting(Core core, AcquireSpec spec) {
    this.loop = core.loop;
    this.backoff = core.requests.backoff(spec.terms());
    this.limit = spec.maxWait();
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

  /** A request failed: the next try comes later and later. */
  void backOff(Runnable nextTry) {
    pause(backoff.next(), nextTry);
  }

  /** Goes on after a pause, instead of what was to come after another one. */
  void pause(long nanos, Runnable next) {
    pause(nanos > 0 ? Pause.UNTIL_DUE : Pause.BRIEF, nanos, next);
  }

  /** The same, after a pause that is too short to do anything else meanwhile. */
  void pauseBriefly(long nanos, Runnable next) {
    pause(Pause.BRIEF, nanos, next);
  }

  /** The same, unless it is told before that the lock was given back. */
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

  /** Whatever was to come after a pause comes no more. */
  void cancelPause() {
    kind = Pause.NONE;
    pause.cancel();
  }

  /** Does not wait any longer. */
  void stop() {
    pause.cancel();
    end.cancel();
  }
}
