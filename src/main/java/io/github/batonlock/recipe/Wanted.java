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

  /** Whether the recipe has given its answer, which the caller may have gone before. */
  private volatile boolean answered;

  /**
   * Wanted from now on.
   *
   * @param request names what is wanted, for messages, and says how
   * @param limit how long to wait
   * @throws IllegalArgumentException if nothing can be waited for as long, or the request does not
   *     fit the client's configuration
   */
  Wanted(RecipeSupport support, LockRequest request, Duration limit) {
    support.check(request.toBuilder().waitUpTo(limit).build());
    this.support = support;
    this.key = request.key();
    this.limit = limit;
    this.began = support.nanoTime();
    support.untilClosed(result, () -> support.callbacks().execute(this::failAsClosed));
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
    CompletableFuture<T> unused = result.whenComplete((value, failure) -> timer.cancel());
    whenGone(executor, gone);
  }

  /**
   * Runs something when the future is completed by anything but the recipe's answer: in whatever
   * way the caller likes, or because the client was closed.
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

  /** Begins what is to answer; if that throws, the caller is told. */
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

  /** The same, unless it is one try for locks of which this client itself holds one. */
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

  /** Whether closing the client has ended it before the caller had it. */
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

  /** Whether something failed because the client was closed, in whichever step of the recipe. */
  private boolean isOfClosing(Throwable why) {
    if (why instanceof LockNotAcquiredException refused) {
      return refused.reason() == Reason.CLIENT_CLOSED;
    } else if (why instanceof LockRevokedException lost && lost.revocation() != null) {
      return lost.revocation().reason() == Revocation.Reason.CLIENT_CLOSED;
    }
    return why instanceof IllegalStateException && support.isClosed();
  }

  /** By the name that the caller knows, not that of a part. */
  private void failAsClosed() {
    result.completeExceptionally(notAcquired(Reason.CLIENT_CLOSED, null));
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
