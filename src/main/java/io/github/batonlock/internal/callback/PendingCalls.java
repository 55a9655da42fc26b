package io.github.batonlock.internal.callback;

import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Calls of the user's threads that wait for the loop. Closing the client ends all of them, in the
 * order in which they began, also those with a task that the loop accepted and never ran. Any
 * thread.
 */
public final class PendingCalls {
  private final EventLoop loop;
  private final AtomicLong made = new AtomicLong();
  private final Map<Long, Runnable> waiting = new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  public PendingCalls(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Makes sure that a call ends.
   *
   * @param call the future that a caller waits for
   * @param atClose ends the call, if nothing else did before the loop stopped
   */
  public void track(CompletableFuture<?> call, Runnable atClose) {
    long number = made.getAndIncrement();
    waiting.put(number, atClose);
    CompletableFuture<?> unused = call.whenComplete((value, failure) -> waiting.remove(number));
    if (closed) {
      atClose.run();
    }
  }

  /**
   * Begins a call.
   *
   * @param <T> the result
   * @param begin starts what will complete the future; runs on the loop
   * @return completes with the result, or fails when the client closes
   */
  public <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> begin) {
    CompletableFuture<T> result = new CompletableFuture<>();
    track(result, () -> result.completeExceptionally(clientClosed()));
    loop.execute(
        () -> {
          try {
            begin.accept(result);
          } catch (Throwable t) {
            result.completeExceptionally(t);
            throw t;
          }
        });
    return result;
  }

  /** The exception for a call on a closed client. */
  public static IllegalStateException clientClosed() {
    return new IllegalStateException("The LockClient is closed; build a new one");
  }

  /** Completes the future with the supplier's result or exception. */
  public static <T> void complete(CompletableFuture<T> result, Supplier<T> supplier) {
    try {
      result.complete(supplier.get());
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
  }

  public void count(Census census) {
    census.add(Census.Kept.PENDING_CALLS, waiting.size());
  }

  /** The loop has stopped. */
  public void close() {
    closed = true;
    waiting.values().forEach(Runnable::run);
  }
}
