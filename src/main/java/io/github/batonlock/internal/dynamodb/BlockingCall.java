package io.github.batonlock.internal.dynamodb;

import io.github.batonlock.internal.runtime.BlockingRequest;
import io.github.batonlock.internal.runtime.InterruptOnce;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that blocks a thread of an executor, and its answer. Cancelling the answer interrupts the
 * call: the SDK's timeouts do not cover all of it, the loading of credentials for example.
 */
final class BlockingCall<T> extends CompletableFuture<T> implements BlockingRequest {
  private final boolean canBeAborted;
  private final Supplier<T> request;
  private final AtomicBoolean decided = new AtomicBoolean();
  private volatile @Nullable InterruptOnce running;

  private BlockingCall(boolean canBeAborted, Supplier<T> request) {
    this.canBeAborted = canBeAborted;
    this.request = request;
  }

  /**
   * Starts a call; never throws.
   *
   * @param executor may throw anything, also after it has taken the call or run it
   * @param canBeAborted whether the SDK's timeouts make the call return
   * @param request makes the call
   * @return the answer; a {@link NotSentException} if the executor has not run the call and never
   *     will
   */
  static <T> CompletableFuture<T> on(Executor executor, boolean canBeAborted, Supplier<T> request) {
    BlockingCall<T> call = new BlockingCall<>(canBeAborted, request);
    try {
      executor.execute(call);
    } catch (Throwable e) {
      if (call.decided.compareAndSet(false, true)) {
        call.completeExceptionally(new NotSentException(e));
      }
    }
    return call;
  }

  @Override
  public boolean returnsInTime() {
    return canBeAborted;
  }

  @Override
  public void run() {
    if (!isDone() && decided.compareAndSet(false, true)) {
      InterruptOnce thread = new InterruptOnce();
      running = thread;
      try {
        made(thread);
      } finally {
        running = null;
      }
    }
  }

  private void made(InterruptOnce thread) {
    T answer;
    try {
      if (isDone()) {
        return;
      }
      answer = request.get();
    } catch (Throwable e) {
      thread.ended();
      completeExceptionally(e);
      return;
    }
    thread.ended();
    complete(answer);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    if (cancelled) {
      interrupt();
    }
    return cancelled;
  }

  @Override
  public void interrupt() {
    InterruptOnce thread = running;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
