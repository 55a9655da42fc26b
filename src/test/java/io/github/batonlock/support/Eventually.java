package io.github.batonlock.support;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waiting for what has to happen on a real machine: for conditions, never for times.
 *
 * <p>The limits are for failures only: far above what a loaded machine needs.
 */
public final class Eventually {
  /** Long enough for anything that happens at once, on a machine that is busy otherwise. */
  public static final Duration SOON = Duration.ofSeconds(60);

  private static final ScheduledExecutorService POLLER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "eventually");
            thread.setDaemon(true);
            return thread;
          });

  private Eventually() {}

  /** Returns when the condition has become true. */
  public static void until(String what, Callable<Boolean> condition) {
    until(what, SOON, condition);
  }

  /** Returns when the condition has become true; it is asked every few milliseconds. */
  public static void until(String what, Duration limit, Callable<Boolean> condition) {
    CompletableFuture<Boolean> met = new CompletableFuture<>();
    ScheduledFuture<?> polling =
        POLLER.scheduleWithFixedDelay(
            () -> {
              try {
                if (condition.call()) {
                  met.complete(true);
                }
              } catch (Throwable t) {
                met.completeExceptionally(t);
              }
            },
            0,
            5,
            TimeUnit.MILLISECONDS);
    try {
      met.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not within " + limit + ": " + what, e);
    } catch (ExecutionException e) {
      throw new AssertionError("while waiting until " + what, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting until " + what, e);
    } finally {
      polling.cancel(false);
    }
  }

  /** What the future gives; fails if it takes longer than {@link #SOON}. */
  public static <T> T get(CompletableFuture<T> future) throws Exception {
    return get(future, SOON);
  }

  /** What the future gives; throws what it failed with. */
  public static <T> T get(CompletableFuture<T> future, Duration limit) throws Exception {
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      throw new AssertionError("no result within " + limit, e);
    }
  }

  /** The next element of a queue; fails if none comes within {@link #SOON}. */
  public static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T element = queue.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
    if (element == null) {
      throw new AssertionError("nothing came within " + SOON);
    }
    return element;
  }
}
