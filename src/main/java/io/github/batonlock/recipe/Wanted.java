package io.github.batonlock.recipe;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.RecipeSupport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One caller's wait: what the caller waits for, and how long. Its future completes on a callback
 * thread, so that code that depends on the future delays nothing.
 *
 * @param <T> what the caller waits for; given back if it comes when the caller no longer waits
 */
final class Wanted<T extends Held> {
  private final RecipeSupport support;
  private final LockKey key;
  private final Duration limit;
  private final long began;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /** Whether the recipe has given its answer. The caller may have left before. */
  private volatile boolean answered;

  /**
   * Creates a wait that begins now.
   *
   * @param request names what the caller waits for, for messages, and says how it is acquired
   * @param limit how long to wait
   * @throws IllegalArgumentException if the limit is longer than any wait can be, or the request
   *     does not fit the client's configuration
   */
  Wanted(RecipeSupport support, LockRequest request, Duration limit) {
    support.check(request.toBuilder().waitUpTo(limit).build());
    this.support = support;
    this.key = request.key();
    this.limit = limit;
    this.began = support.nanoTime();
    support.untilClosed(result, () -> support.callbacks().execute(this::failAsClosed));
  }

  /** Returns the future for the user. */
  CompletableFuture<T> future() {
    return result;
  }

  /** Blocks the user's thread; an interrupt means that the caller no longer waits. */
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

  /** Blocks like {@link #await}; empty if other holders have it. */
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

  /** Returns whether the wait ends with the first round of tries. */
  boolean isOneTry() {
    return limit.isZero();
  }

  /** Returns whether the caller has been answered, or has left. */
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

  /** Runs one action when the time is up, and another when the caller leaves. */
  void whenUp(Executor executor, Runnable timeUp, Runnable gone) {
    var timer = support.after(left(), executor, timeUp);
    CompletableFuture<T> unused = result.whenComplete((value, failure) -> timer.cancel());
    whenGone(executor, gone);
  }

  /**
   * Runs an action when the future is completed by anything but the recipe's answer: by the caller,
   * in any way, or because the client was closed.
   */
  void whenGone(Executor executor, Runnable gone) {
    CompletableFuture<T> unused =
        result.whenComplete(
            (value, failure) -> {
              if (!answered) {
                executor.execute(gone);
              }
            });
  }

  /** Begins the work that answers the caller; an exception that it throws goes to the caller. */
  void begin(Executor executor, Runnable begin) {
    executor.execute(
        () -> {
          try {
            begin.run();
          } catch (Throwable t) {
            fail(t);
            throw t;
          }
        });
  }

  /**
   * Begins like {@link #begin}, unless it is one try for locks of which this client itself holds
   * one.
   */
  void beginUnlessHeldHere(List<LockKey> keys, Executor executor, Runnable begin) {
    if (!isOneTry()) {
      begin(executor, begin);
      return;
    }
    CompletableFuture<Optional<LockInfo>> unused =
        support
            .heldHere(keys)
            .whenComplete(
                (held, failure) -> {
                  if (failure == null && held.isPresent()) {
                    fail(notAcquired(Reason.HELD, held.get()));
                  } else {
                    begin(executor, begin);
                  }
                });
  }

  void give(T value) {
    answered = true;
    support
        .callbacks()
        .execute(
            () -> {
              if (isGivenUpByClient(value)) {
                failAsClosed();
              }
              if (!result.complete(value)) {
                CompletableFuture<Void> unused = value.closeAsync();
              }
            });
  }

  /** Returns whether closing the client ended the hold before the caller had it. */
  private static boolean isGivenUpByClient(Held value) {
    return value.revocation().map(Revocation::reason).orElse(null)
        == Revocation.Reason.CLIENT_CLOSED;
  }

  void fail(Throwable why) {
    answered = true;
    support
        .callbacks()
        .execute(
            () -> {
              if (isOfClosing(why)) {
                failAsClosed();
              } else {
                result.completeExceptionally(why);
              }
            });
  }

  /**
   * Returns whether a failure happened because the client was closed, in any step of the recipe.
   */
  private boolean isOfClosing(Throwable why) {
    if (why instanceof LockNotAcquiredException refused) {
      return refused.reason() == Reason.CLIENT_CLOSED;
    } else if (why instanceof LockRevokedException lost && lost.revocation() != null) {
      return lost.revocation().reason() == Revocation.Reason.CLIENT_CLOSED;
    }
    return why instanceof IllegalStateException && support.isClosed();
  }

  /** Fails with the key that the caller knows, not that of a part. */
  private void failAsClosed() {
    result.completeExceptionally(notAcquired(Reason.CLIENT_CLOSED, null));
  }

  /** Fails because other holders had it for the whole wait. */
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
