package io.github.batonlock.internal.client;

import io.github.batonlock.internal.time.EventLoop;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls of the user's threads that wait for the loop; closing the client ends them all. */
@SuppressWarnings("CollectionUndefinedEquality") // The identity of a future is what is meant.
final class PendingCalls {
  private final EventLoop loop;
  private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  PendingCalls(EventLoop loop) {
    this.loop = loop;
  }

  /**
   * Begins a call.
   *
   * @param <T> the result
   * @param begin starts what will complete the future; runs on the loop
   * @return completes with the result, or fails when the client closes
   */
  <T> CompletableFuture<T> onLoop(Consumer<CompletableFuture<T>> begin) {
    CompletableFuture<T> result = new CompletableFuture<>();
    waiting.add(result);
    CompletableFuture<T> cleared = result.whenComplete((value, failure) -> waiting.remove(result));
    boolean begun = loop.execute(() -> begin.accept(result));
    if (!begun || closed) {
      result.completeExceptionally(Refusals.clientClosed());
    }
    return cleared;
  }

  /** Completes with what the supplier gives or throws. */
  static <T> void complete(CompletableFuture<T> result, Supplier<T> supplier) {
    try {
      result.complete(supplier.get());
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }

  void close() {
    closed = true;
    waiting.forEach(call -> call.completeExceptionally(Refusals.clientClosed()));
  }
}
