package io.github.batonlock.internal.runtime;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads up to a maximum, idle ones first; what comes on top queues. Where a thread is needed and
 * cannot be made, what the making of threads throws is thrown.
 */
final class ElasticPool implements Executor {
  private static final int IDLE_SECONDS = 30;

  private final Handover queue = new Handover();
  private final ThreadPoolExecutor pool;

  /** To the pool it is full unless a thread waits for a task, so that it makes another thread. */
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
   * @return false if not
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
      // Whether it was shut down before is asked after: nothing is left behind.
      if (pool.isShutdown() && queue.remove(task)) {
        throw new RejectedExecutionException("the lock client is closed");
      }
    }
  }

  /**
   * Queues a task behind those that run.
   *
   * @param task what to run
   * @return false if none runs, so that no thread would get to it
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
   * Interrupts what runs.
   *
   * @return what has not begun
   */
  List<Runnable> shutdownNow() {
    return pool.shutdownNow();
  }
}
