package io.github.batonlock.internal.runtime;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A pool of threads up to a maximum. Idle threads are used first; further tasks queue. If a thread
 * is needed and cannot be made, the exception of the thread factory is thrown.
 */
final class ElasticPool implements Executor {
  private static final int IDLE_SECONDS = 30;

  private final Handover queue = new Handover();
  private final ThreadPoolExecutor pool;

  /**
   * A queue that appears full to the pool unless a thread waits for a task, so that the pool makes
   * another thread.
   */
  private static final class Handover extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }
  }

  ElasticPool(int maxThreads, ThreadFactory threads) {
    pool = new ThreadPoolExecutor(0, maxThreads, IDLE_SECONDS, TimeUnit.SECONDS, queue, threads);
  }

  /**
   * Runs a task if a thread is free or can be made.
   *
   * @param task what to run
   * @return false if no thread is free and none can be made
   */
  boolean tryExecute(Runnable task) {
    try {
      pool.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  @Override
  public void execute(Runnable task) {
    if (!tryExecute(task)) {
      queue.put(task);
      // The check for a shutdown follows the queueing, so that no task is left behind.
      if (pool.isShutdown() && queue.remove(task)) {
        throw new RejectedExecutionException("the lock client is closed");
      }
    }
  }

  /**
   * Queues a task behind those that run.
   *
   * @param task what to run
   * @return false if no task runs, so that no thread would get to it
   */
  boolean enqueue(Runnable task) {
    if (pool.getPoolSize() == 0) {
      return false;
    }
    queue.put(task);
    // The threads may have ended meanwhile.
    return pool.getPoolSize() > 0 || !queue.remove(task);
  }

  /** Whether tasks wait for a thread. */
  boolean isBehind() {
    return !queue.isEmpty();
  }

  boolean isShutdown() {
    return pool.isShutdown();
  }

  void shutdown() {
    pool.shutdown();
  }

  /**
   * Interrupts the tasks that run.
   *
   * @return the tasks that have not begun
   */
  List<Runnable> shutdownNow() {
    return pool.shutdownNow();
  }
}
