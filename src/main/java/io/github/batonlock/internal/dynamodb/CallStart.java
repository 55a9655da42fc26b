package io.github.batonlock.internal.dynamodb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** A call on an executor, and its answer. The call starts once, or certainly not at all. */
abstract class CallStart<T> extends CompletableFuture<T> implements Runnable {
  private final AtomicBoolean decided = new AtomicBoolean();

  /** Makes the call, and completes this future with its answer; must not throw. */
  abstract void call();

  /**
   * Starts the call; never throws.
   *
   * @param executor may throw anything, also after it has taken the call or run it
   * @return this; it fails with a {@link NotSentException} if the executor has not run the call and
   *     never will
   */
  final CompletableFuture<T> on(Executor executor) {
    try {
      executor.execute(this);
    } catch (Throwable e) {
      if (decided.compareAndSet(false, true)) {
        completeExceptionally(new NotSentException(e));
      }
    }
    return this;
  }

  @Override
  public final void run() {
    if (!isDone() && decided.compareAndSet(false, true)) {
      call();
    }
  }
}
