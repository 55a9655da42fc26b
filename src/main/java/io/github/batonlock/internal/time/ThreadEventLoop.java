package io.github.batonlock.internal.time;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop on one daemon thread.
 *
 * <p>Tasks and timers share one queue ordered by due time, so that a flood of tasks delays a timer
 * by no more than what was queued before it became due.
 */
final class ThreadEventLoop implements EventLoop {
  private static final Logger log = LoggerFactory.getLogger(ThreadEventLoop.class);

  private final ScheduledThreadPoolExecutor executor;

  ThreadEventLoop(ThreadFactory threads) {
    executor = new ScheduledThreadPoolExecutor(1, threads);
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public boolean execute(Runnable task) {
    try {
      executor.execute(() -> runLogged(task));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    try {
      var scheduled =
          executor.schedule(() -> runLogged(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
      return () -> scheduled.cancel(false);
    } catch (RejectedExecutionException e) {
      return () -> {};
    }
  }

  @Override
  public void shutdown() {
    executor.shutdownNow();
  }

  /** Nothing a task throws, errors included, may end the thread that watches the deadlines. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      log.error("A task of the lock client failed; its locks are still watched", t);
    }
  }
}
