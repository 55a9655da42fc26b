package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What a recipe needs of its client besides the public API: timers, and a thread at a time for its
 * own work. Any thread.
 */
public final class RecipeSupport {
  private final Core core;

  RecipeSupport(Core core) {
    this.core = core;
  }

  /**
   * The support of a client.
   *
   * @param client made by {@link LockClient#builder}
   * @return its support
   * @throws IllegalArgumentException for a client of any other make
   */
  public static RecipeSupport of(LockClient client) {
    if (client instanceof DefaultLockClient known) {
      return known.recipeSupport();
    }
    throw new IllegalArgumentException(
        "A recipe needs a LockClient made by LockClient.builder, not a "
            + client.getClass().getName());
  }

  /**
   * A thread at a time.
   *
   * @return a new executor: runs tasks one after another, in their order, on the client's callback
   *     executor; what one throws is logged
   */
  public Executor serial() {
    return new Serial(core.notices, "work of a recipe");
  }

  /**
   * Waits on a thread of the user's.
   *
   * @param <T> the result
   * @param future what for
   * @return the result; a failure is thrown as it is
   * @throws InterruptedException if interrupted first
   */
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    return core.platform.await(future);
  }

  /**
   * Waits on a thread of the user's, through interrupts, which are kept.
   *
   * @param <T> the result
   * @param future what for
   * @return the result; a failure is thrown as it is
   */
  public <T> T awaitUninterruptibly(CompletableFuture<T> future) {
    return core.platform.awaitUninterruptibly(future);
  }

  /**
   * Runs a task later, on the callback executor or one that ends there.
   *
   * @param delay from now, on the monotonic clock
   * @param executor where it runs
   * @param task what to run; never runs if the client has been closed
   * @return cancels it
   */
  public EventLoop.Timer after(Duration delay, Executor executor, Runnable task) {
    return core.loop.schedule(delay.toNanos(), () -> executor.execute(task));
  }

  /**
   * Whether the calling thread runs a callback of this client: it must not wait for others.
   *
   * @return true inside callbacks, tasks of {@link #serial} included
   */
  public boolean isInCallback() {
    return core.notices.isInside();
  }

  /**
   * The monotonic clock.
   *
   * @return its nanoseconds
   */
  public long nanoTime() {
    return core.platform.clock().nanoTime();
  }

  /**
   * How long a lease of the client's locks is, unless a request says otherwise.
   *
   * @return the lease
   */
  public Duration leaseDuration() {
    return core.config.terms().lease();
  }

  /**
   * How often the client renews.
   *
   * @return the interval
   */
  public Duration heartbeatInterval() {
    return core.config.terms().heartbeat();
  }
}
