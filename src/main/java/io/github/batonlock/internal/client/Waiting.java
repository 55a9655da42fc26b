package io.github.batonlock.internal.client;

import io.github.batonlock.internal.time.Clock;
import io.github.batonlock.internal.time.ConfinedTo;
import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One acquisition's time: the pauses between its tries and looks, and the caller's patience. */
@ConfinedTo(ConfinedTo.LOOP)
final class Waiting {
  private final Clock clock;
  private final EventLoop loop;
  private final Backoff backoff;
  private final @Nullable Duration limit;
  private final long began;
  private EventLoop.Timer pause = () -> {};
  private EventLoop.Timer end = () -> {};

  /** Begins now. */
  Waiting(Core core, AcquireSpec spec) {
    this.clock = core.platform.clock();
    this.loop = core.loop;
    this.backoff = core.backoff(spec.terms());
    this.limit = spec.maxWait();
    this.began = clock.nanoTime();
  }

  /** Runs something when the caller's time is up. */
  void atEnd(Runnable onTimeUp) {
    if (limit != null) {
      end = loop.schedule(left(), onTimeUp);
    }
  }

  Duration waited() {
    return Duration.ofNanos(clock.nanoTime() - began);
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
    pause.cancel();
    pause = loop.schedule(nanos, next);
  }

  /** Whatever was to come after a pause comes no more. */
  void cancelPause() {
    pause.cancel();
  }

  /** Does not wait any longer. */
  void stop() {
    pause.cancel();
    end.cancel();
  }
}
