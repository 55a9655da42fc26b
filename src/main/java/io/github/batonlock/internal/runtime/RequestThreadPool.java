package io.github.batonlock.internal.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The threads that send requests, and run the loop in between.
 *
 * <p>To wake a thread costs more than the loop's work for an answer. So the thread that brings an
 * answer also runs the loop's tasks, unless another thread does. If these tasks ask for a request,
 * it sends that, too.
 */
final class RequestThreadPool implements Executor {
  private final ElasticPool pool;

  /**
   * Creates a pool without threads.
   *
   * @param maxThreads the largest number of threads
   * @param name of all, with a number behind it
   */
  RequestThreadPool(int maxThreads, String name) {
    this(maxThreads, name, threads -> threads);
  }

  /**
   * Creates a pool without threads.
   *
   * @param maxThreads the largest number of threads
   * @param name of all, with a number behind it
   * @param factory wraps the factory of the threads
   */
  RequestThreadPool(int maxThreads, String name, UnaryOperator<ThreadFactory> factory) {
    ThreadFactory workers =
        new DaemonThreadFactory(name, (task, numbered) -> new Worker(task, numbered));
    pool = new ElasticPool(maxThreads, factory.apply(workers));
  }

  /** One of the threads. Only the thread itself uses its state. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  private final class Worker extends Thread {
    /** The request that the loop asked for while it ran here. */
    private @Nullable Runnable request;

    private boolean runsLoop;

    Worker(Runnable task, String name) {
      super(null, task, name, 0, false);
    }

    boolean isOf(RequestThreadPool threads) {
      return threads == RequestThreadPool.this;
    }

    @Nullable Runnable takeRequest() {
      Runnable taken = request;
      request = null;
      return taken;
    }
  }

  /**
   * Sends a request: on this thread, after the loop's tasks that it runs now, or on another.
   *
   * @param request what to do; may block
   * @throws RejectedExecutionException after a shutdown
   * @throws Error if there is no thread, and none can be made
   */
  @Override
  public void execute(Runnable request) {
    Worker worker = here();
    if (worker != null
        && worker.runsLoop
        && worker.request == null
        && !pool.isBehind()
        && !pool.isShutdown()) {
      worker.request = request;
    } else {
      give(request);
    }
  }

  /**
   * Gives a request to a thread. If no more threads can be made, an existing one takes the request.
   */
  private void give(Runnable request) {
    Runnable task = () -> work(request);
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      throw e;
    } catch (Throwable noThread) {
      if (!pool.enqueue(task)) {
        throw noThread;
      }
    }
  }

  /**
   * Runs the loop's tasks on this thread, if it is one of these threads. Its request must have
   * ended: requests of the loop are sent afterwards.
   *
   * @param tasks what to run; must not throw
   * @return false if this thread is not one of these
   */
  boolean runLoopHere(Runnable tasks) {
    Worker worker = here();
    if (worker == null) {
      return false;
    }
    runLoop(worker, tasks);
    return true;
  }

  /**
   * Runs the loop's tasks on a thread that is free.
   *
   * @param tasks what to run; must not throw
   * @return false if no thread is free
   */
  boolean runLoopElsewhere(Runnable tasks) {
    return pool.tryExecute(() -> work(() -> runLoopHere(tasks)));
  }

  private void runLoop(Worker worker, Runnable tasks) {
    worker.runsLoop = true;
    try {
      tasks.run();
    } finally {
      worker.runsLoop = false;
    }
  }

  private @Nullable Worker here() {
    return Thread.currentThread() instanceof Worker worker && worker.isOf(this) ? worker : null;
  }

  /** The loop has more to do here. The request that it asked for must not wait for that. */
  void passRequestOn() {
    Worker worker = here();
    Runnable request = worker == null ? null : worker.takeRequest();
    if (request != null) {
      passOn(request);
    }
  }

  private void passOn(Runnable request) {
    try {
      give(request);
    } catch (RejectedExecutionException e) {
      // The client has been closed: no caller waits for the answer.
    }
  }

  private void work(Runnable first) {
    Worker worker = here();
    Runnable task = first;
    try {
      while (task != null && !pool.isShutdown()) {
        task.run();
        // An interrupt that came too late for this task must not reach the next.
        boolean unused = Thread.interrupted();
        task = worker == null ? null : worker.takeRequest();
      }
    } finally {
      passRequestOn();
    }
  }

  /** Ends the threads; interrupts requests that are under way. */
  void shutdown() {
    pool.shutdownNow();
  }
}
