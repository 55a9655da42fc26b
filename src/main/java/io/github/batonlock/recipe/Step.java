package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The part of the wait that a recipe supplies: how it tries once to get what a waiter wants. Runs
 * on the recipe's serial executor.
 */
interface Step<T extends Hold> {
  /**
   * Tries once. No other try of the same waiters is under way.
   *
   * @param first the waiter for which the try is made
   * @return what the try came to, on any thread; a failure means {@link TryOutcome#of}. Locks that
   *     are in the waiter's hand are released unless the try got what the waiter wants
   */
  CompletableFuture<TryOutcome<T>> tryOnce(PendingAcquisition<T> first);

  /**
   * Returns whether the try under way may still get what the waiter wants, which therefore goes on
   * waiting when its time is up. A read may not.
   */
  default boolean mayStillGetIt() {
    return true;
  }

  /**
   * Returns why the try under way has not got anything yet; null if it does not know. A try that
   * waits may last as long as its caller.
   */
  default @Nullable Throwable soFar() {
    return null;
  }

  /** Called when a waiter comes and no other waiter is there. */
  default void begins() {}

  /**
   * Returns whether the try under way is no more than a request, whose answer tells why there is
   * nothing to get. Callers whose time is up wait for the first such answer.
   */
  default boolean tellsSoon() {
    return false;
  }
}
