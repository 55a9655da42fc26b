package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Acquisitions for recipes. Every failure is in the future, with its reason. */
public final class Acquiring {
  private Acquiring() {}

  /** Acquires one lock as a request says, except for its key and the waiting time. */
  public static CompletableFuture<HeldLock> of(
      LockClient client, LockRequest request, LockKey key, Duration waitUpTo) {
    try {
      return of(client, request.toBuilder().key(key).waitUpTo(waitUpTo).build());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Acquires one lock as a request says. */
  public static CompletableFuture<HeldLock> of(LockClient client, LockRequest request) {
    try {
      return client.acquireAsync(request);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Begins a step of a chain. An exception that the step throws is in the future, so that the chain
   * goes on.
   */
  public static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> step) {
    try {
      return step.get();
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Runs a step while holding a lock, and releases the lock, however the step ends. */
  public static <T> CompletableFuture<T> under(HeldLock lock, Supplier<CompletableFuture<T>> step) {
    CompletableFuture<T> ended = new CompletableFuture<>();
    CompletableFuture<T> unused =
        attempt(step)
            .whenComplete(
                (value, failure) -> {
                  CompletableFuture<Void> unusedToo =
                      lock.closeAsync()
                          .whenComplete(
                              (nothing, never) -> {
                                if (failure == null) {
                                  ended.complete(value);
                                } else {
                                  ended.completeExceptionally(reason(failure));
                                }
                              });
                });
    return ended;
  }

  /** Returns why a future failed, without the wrapping of futures. */
  public static Throwable reason(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause == null ? new IllegalStateException("an acquisition ended without a lock") : cause;
  }

  /** Returns whether another client holds the lock, which is not a failure of the table. */
  public static boolean isHeld(Throwable why) {
    return why instanceof LockNotAcquiredException refused
        && refused.reason() == LockNotAcquiredException.Reason.HELD;
  }

  /** Releases all locks at once. */
  public static CompletableFuture<Void> closeAll(List<HeldLock> locks) {
    return CompletableFuture.allOf(
        locks.stream().map(HeldLock::closeAsync).toArray(CompletableFuture[]::new));
  }

  /**
   * Returns the key of a part, as {@code <key>/<part>}; in a table with a sort key, the part is
   * added to the partition key.
   */
  public static LockKey part(LockKey key, String part) {
    String partition = key.partitionKey() + "/" + part;
    return key.sortKey()
        .map(sort -> LockKey.of(partition, sort))
        .orElseGet(() -> LockKey.of(partition));
  }

  /**
   * Goes on with another future when one has ended, with its value or its failure.
   *
   * @param first the future
   * @param then makes the other future; what it throws is the failure of the result
   * @param executor runs that
   * @return completed like the other future
   */
  // The inner future is not ignored: the result waits for it.
  @SuppressWarnings("FutureReturnValueIgnored")
  public static <T, R> CompletableFuture<R> whicheverComes(
      CompletableFuture<T> first,
      BiFunction<? super @Nullable T, @Nullable Throwable, CompletableFuture<R>> then,
      Executor executor) {
    return first.handleAsync(then, executor).thenCompose(Function.identity());
  }
}
