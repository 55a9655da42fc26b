package io.github.batonlock.recipe;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What one caller waits for, and how long. Its future completes on a callback thread, so that what
 * the user makes depend on it holds nothing up.
 *
 * @param <T> what is wanted; given back if it comes when nobody waits any more
 */
final class Wanted<T extends Held> {
  private final RecipeSupport support;
  private final LockKey key;
  private final Duration limit;
  private final long began;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /**
   * Wanted from now on.
   *
   * @param request names what is wanted, for messages
   * @param limit how long to wait
   * @throws IllegalArgumentException if nothing can be waited for as long
   */
  Wanted(RecipeSupport support, LockRequest request, Duration limit) {
    // A request knows which times can be waited for.
    LockRequest unused = request.toBuilder().waitUpTo(limit).build();
    this.support = support;
    this.key = request.key();
    this.limit = limit;
    this.began = support.nanoTime();
    support.untilClosed(
        result, () -> result.completeExceptionally(notAcquired(Reason.CLIENT_CLOSED, null)));
  }

  /** For the user. */
  CompletableFuture<T> future() {
    return result;
  }

  /** Blocks the user's thread; an interrupt means that he does not want it any more. */
  T await() throws InterruptedException {
    try {
      return support.await(result);
    } catch (InterruptedException e) {
      if (!result.cancel(false)) {
        CompletableFuture<Void> unused = result.thenCompose(Held::closeAsync);
      }
      throw e;
    }
  }

  /** Like {@link #await}; empty if others have it. */
  Optional<T> awaitIfFree() throws InterruptedException {
    try {
      return Optional.of(await());
    } catch (LockNotAcquiredException e) {
      if (e.reason() == Reason.HELD) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether it ends with the first round of tries. */
  boolean isOneTry() {
    return limit.isZero();
  }

  /** Whether the caller has been answered, or has gone. */
  boolean isOver() {
    return result.isDone();
  }

  Duration left() {
    Duration left = limit.minusNanos(support.nanoTime() - began);
    return left.isNegative() ? Duration.ZERO : left;
  }

  boolean isTimeUp() {
    return left().isZero();
  }

  /** Runs something when the time is up, and something when the caller goes. */
  void whenUp(Executor executor, Runnable timeUp, Runnable gone) {
    var timer = support.after(left(), executor, timeUp);
    CompletableFuture<T> unused =
        result.whenComplete(
            (value, failure) -> {
              timer.cancel();
              if (result.isCancelled()) {
                executor.execute(gone);
              }
            });
  }

  void give(T value) {
    support
        .callbacks()
        .execute(
            () -> {
              if (!result.complete(value)) {
                CompletableFuture<Void> unused = value.closeAsync();
              }
            });
  }

  void fail(Throwable why) {
    boolean isClosed =
        why instanceof LockNotAcquiredException refused && refused.reason() == Reason.CLIENT_CLOSED;
    // By the name that the caller knows, not that of a part.
    Throwable told = isClosed ? notAcquired(Reason.CLIENT_CLOSED, null) : why;
    support.callbacks().execute(() -> result.completeExceptionally(told));
  }

  /** Others had it all the time. */
  void notAcquired(@Nullable LockNotAcquiredException last) {
    LockInfo holder = last == null ? null : last.holder().orElse(null);
    fail(notAcquired(Reason.HELD, holder));
  }

  private LockNotAcquiredException notAcquired(Reason reason, @Nullable LockInfo holder) {
    Duration waited = Duration.ofNanos(support.nanoTime() - began);
    return new LockNotAcquiredException(
        holder == null ? key : holder.key(), reason, waited, holder);
  }
}
