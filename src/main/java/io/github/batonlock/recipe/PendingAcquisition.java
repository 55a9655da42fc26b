package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
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
final class PendingAcquisition<T extends Hold> {
  private final RecipeSupport support;
  private final Executor serial;
  private final Goal goal;
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
   * @param goal what the caller waits for
   * @param limit how long to wait
   * @throws IllegalArgumentException if the limit is longer than any wait can be, or a request does
   *     not fit the client's configuration
   */
  PendingAcquisition(RecipeSupport support, Executor serial, Goal goal, Duration limit) {
    goal.check(support, limit);
    this.support = support;
    this.serial = serial;
    this.goal = goal;
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
        CompletableFuture<Void> unused = result.thenCompose(Hold::closeAsync);
      }
      throw e;
    }
  }

  /** Blocks like {@link #await}; empty if it is not free. */
  Optional<T> awaitIfFree() throws InterruptedException {
    try {
      return Optional.of(await());
    } catch (LockNotAcquiredException e) {
      if (isNotFree(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Returns a future for the user that has nothing if it is not free. */
  CompletableFuture<Optional<T>> futureIfFree() {
    CompletableFuture<Optional<T>> ifFree = new CompletableFuture<>();
    CompletableFuture<T> unused =
        result.whenComplete(
            (value, failure) -> {
              if (value == null) {
                tellWithout(ifFree, Acquiring.reason(failure));
              } else if (!ifFree.complete(Optional.of(value))) {
                CompletableFuture<Void> unusedClose = value.closeAsync();
              }
            });
    CompletableFuture<Optional<T>> unusedToo =
        ifFree.whenComplete(
            (value, failure) -> {
              // No effect unless the user has completed the future.
              boolean unusedResult = result.cancel(false);
            });
    return ifFree;
  }

  private static <T> void tellWithout(CompletableFuture<Optional<T>> ifFree, Throwable why) {
    if (isNotFree(why)) {
      ifFree.complete(Optional.empty());
    } else {
      ifFree.completeExceptionally(why);
    }
  }

  /** Returns whether another holder has it, or there is no item and a request needs one. */
  private static boolean isNotFree(Throwable why) {
    return why instanceof LockNotAcquiredException refused
        && refused.reason() != Reason.CLIENT_CLOSED;
  }

  /** Returns what the caller waits for. */
  Goal goal() {
    return goal;
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
          if (!result.isDone()) {
            // Before the future completes: the stages of the caller may take long.
            goal.watch(value);
          }
          if (!result.complete(value)) {
            CompletableFuture<Void> unused = value.closeAsync();
          }
        });
  }

  /** Returns whether closing the client ended the hold before the caller had it. */
  private static boolean isGivenUpByClient(Hold value) {
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
    } else if (isNotFree(why)) {
      retell((LockNotAcquiredException) why);
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
    LockKey at = holder == null ? null : holder.key();
    LockNotAcquiredException refused = goal.refused(Reason.HELD, waited(), at, holder);
    answer(() -> result.completeExceptionally(refused));
  }

  /** Fails for the same reason, in the words of the recipe. */
  private void retell(LockNotAcquiredException why) {
    LockInfo holder = why.holder().orElse(null);
    LockKey at = holder == null ? why.key() : holder.key();
    LockNotAcquiredException refused = goal.refused(why.reason(), waited(), at, holder);
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

  private void failAsClosed() {
    result.completeExceptionally(goal.refused(Reason.CLIENT_CLOSED, waited(), null, null));
  }

  private Duration waited() {
    return Duration.ofNanos(support.nanoTime() - began);
  }
}
