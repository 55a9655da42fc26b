package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;

/** The time of a world of clients: one that a test moves, or the real one. */
public interface WorldTime {
  /** Time since the world began, in nanoseconds. */
  long nanos();

  /** The same. */
  default Duration elapsed() {
    return Duration.ofNanos(nanos());
  }

  /** The failure of a wait whose thread was interrupted, whose interrupt status is kept. */
  static IllegalStateException interrupted(String what, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("The waiting thread was interrupted. " + what, e);
  }

  /** Does something later. */
  EventLoop.Timer schedule(long delayNanos, Runnable action);
}
