package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.time.Clock;
import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition's pauses: between tries and between looks, never beyond the caller's time.
 * Belongs to the loop.
 */
final class Waiting {
  private final Clock clock;
  private final EventLoop loop;
  private final Backoff backoff;
  private final PollPace pace;
  private final @Nullable Duration limit;
  private final Runnable onTimeUp;
  private final long began;
  private EventLoop.Timer timer = () -> {};

  /** Begins now; {@code onTimeUp} runs instead of what would come after the caller's time. */
  Waiting(Core core, AcquireSpec spec, Runnable onTimeUp) {
    this.clock = core.platform.clock();
    this.loop = core.loop;
    this.backoff = new Backoff(core.platform.random(), spec.terms());
    this.pace = new PollPace(core.platform.random(), spec.terms());
    this.limit = spec.maxWait();
    this.onTimeUp = onTimeUp;
    this.began = clock.nanoTime();
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
    after(backoff.next(), nextTry);
  }

  /** The lock is held: the next look comes at a poll's pace, or when a takeover may be possible. */
  void untilNextLook(LockItem item, long untilTakeover, Runnable look) {
    pace.saw(item);
    after(Math.min(pace.next(), untilTakeover), look);
  }

  /** Does not wait any longer. */
  void stop() {
    timer.cancel();
  }

  private void after(long delayNanos, Runnable next) {
    long left = left();
    timer = left <= delayNanos ? loop.schedule(left, onTimeUp) : loop.schedule(delayNanos, next);
  }
}
