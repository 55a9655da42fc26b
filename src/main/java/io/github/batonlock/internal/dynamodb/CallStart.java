package io.github.batonlock.internal.dynamodb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The start of a call on an executor: once, or certainly not at all. */
final class CallStart {
  private CallStart() {}

  /**
   * Starts a call; never throws.
   *
   * @param executor may throw anything, also after it has taken the call or run it
   * @param call makes the call, and completes the future with its answer; must not throw
   * @return the answer; a {@link NotSentException} if the executor has not run the call and never
   *     will
   */
  static <T> CompletableFuture<T> on(Executor executor, Consumer<CompletableFuture<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    AtomicBoolean decided = new AtomicBoolean();
    try {
      executor.execute(
          () -> {
            if (!answer.isDone() && decided.compareAndSet(false, true)) {
              call.accept(answer);
            }
          });
    } catch (Throwable e) {
      if (decided.compareAndSet(false, true)) {
        answer.completeExceptionally(new NotSentException(e));
      }
    }
    return answer;
  }
}
