package io.github.batonlock.recipe;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One caller's pending acquisition of what a recipe gives: what the caller waits for, how long, and
 * what it has in hand. Its future completes on a callback thread, so that code that depends on the
 * future delays nothing.
 *
 * @param <T> what the caller waits for; given back if it comes when the caller no longer waits
 */
final class PendingAcquisition<T extends Held> {
  private final RecipeSupport support;
  private final Executor serial;
  private final LockKey key;
  private final Duration limit;
  private final long began;
  private final LocksInHand hand;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  /** Whether the recipe has given its answer. The caller may have left before. */
  private volatile boolean answered;

  /**
   * Creates an acquisition whose time begins now.
   *
   * @param serial the recipe's executor
   * @param request names what the caller waits for, for messages, and says how it is acquired
   * @param limit how long to wait
   * @throws IllegalArgumentException if the limit is longer than any wait can be, or the request
   *     does not fit the client's configuration
   */
  PendingAcquisition(RecipeSupport support, Executor serial, LockRequest request, Duration limit) {
    support.check(request.toBuilder().waitUpTo(limit).build());
    this.support = support;
    this.serial = serial;
    this.key = request.key();
    this.limit = limit;
    this.began = support.nanoTime();
    this.hand = new LocksInHand(serial, this::isOver);
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

  /** Returns the locks that a try has acquired for this caller. On the serial executor. */
  LocksInHand hand() {
    return hand;
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

  /** Returns how long a request may take: one try has the time of a whole request. */
  Duration patience() {
    return isOneTry() ? ChronoUnit.FOREVER.getDuration() : left();
  }

  boolean isTimeUp() {
    return left().isZero();
  }

  /** Runs an action on the serial executor when the time is up. */
  void whenTimeUp(Runnable timeUp) {
    var timer = support.after(left(), serial, timeUp);
    CompletableFuture<T> unused = result.whenComplete((value, failure) -> timer.cancel());
  }

  /**
   * Runs an action on the serial executor when the future is completed by anything but the recipe's
   * answer: by the caller, in any way, or because the client was closed.
   */
  void whenGone(Runnable gone) {
    CompletableFuture<T> unused =
        result.whenComplete(
            (value, failure) -> {
              if (!answered) {
                serial.execute(gone);
              }
            });
  }

  void give(T value) {
    answer(
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

  /**
   * Fails.
   *
   * @param why the failure; a refusal, or null, means that other holders had it for the whole wait
   */
  void fail(@Nullable Throwable why) {
    if (why == null) {
      notAcquired(null);
    } else if (Acquiring.isHeld(why)) {
      notAcquired(((LockNotAcquiredException) why).holder().orElse(null));
    } else {
      answer(
          () -> {
            if (isOfClosing(why)) {
              failAsClosed();
            } else {
              result.completeExceptionally(why);
            }
          });
    }
  }

  /** Fails because other holders had it, or this client itself. */
  void notAcquired(@Nullable LockInfo holder) {
    LockNotAcquiredException refused = refusal(Reason.HELD, holder);
    answer(() -> result.completeExceptionally(refused));
  }

  private void answer(Runnable answer) {
    answered = true;
    support.callbacks().execute(answer);
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
    result.completeExceptionally(refusal(Reason.CLIENT_CLOSED, null));
  }

  private LockNotAcquiredException refusal(Reason reason, @Nullable LockInfo holder) {
    Duration waited = Duration.ofNanos(support.nanoTime() - began);
    return new LockNotAcquiredException(
        holder == null ? key : holder.key(), reason, waited, holder);
  }
}
