package io.github.batonlock.cli;

import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What happens to a command under a lock: told by any thread, taken by one. */
final class Events {
  private final BlockingQueue<Event> queue = new LinkedBlockingQueue<>();

  /** One of them. */
  sealed interface Event {}

  /** The acquisition has ended. */
  record Answered() implements Event {}

  /** This process got a signal. */
  record Signalled(Signals.Signal signal) implements Event {}

  /** The lock was lost. */
  record Lost(Revocation revocation) implements Event {}

  /** The child has ended; its descendants may live on. */
  record ChildEnded() implements Event {}

  /** Tells. */
  void tell(Event event) {
    queue.add(event);
  }

  /** Waits for the next one. */
  Event next() throws InterruptedException {
    return queue.take();
  }

  /** Waits for the next one for some time; null if there was none. */
  @Nullable Event next(Duration atMost) throws InterruptedException {
    return queue.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }
}
