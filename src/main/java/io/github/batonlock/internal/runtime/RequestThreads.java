package io.github.batonlock.internal.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The threads that send requests, and run the loop in between.
 *
 * <p>To wake a thread costs more than what the loop does with an answer. So the thread that brings
 * an answer runs the loop's tasks, unless another one does, and where they ask for a request it
 * sends that, too.
 */
final class RequestThreads implements Executor {
  private final ElasticPool pool;

  /**
   * No threads yet.
   *
   * @param maxThreads so many at most
   * @param name of all, with a number behind it
   */
  RequestThreads(int maxThreads, String name) {
    this(maxThreads, name, threads -> threads);
  }

  /**
   * No threads yet.
   *
   * @param maxThreads so many at most
   * @param name of all, with a number behind it
   * @param factory wraps what makes them
   */
  RequestThreads(int maxThreads, String name, UnaryOperator<ThreadFactory> factory) {
    ThreadFactory workers = new Daemons(name, (task, numbered) -> new Worker(task, numbered));
    pool = new ElasticPool(maxThreads, factory.apply(workers));
  }

  /** One of the threads; its state is its own business. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  private final class Worker extends Thread {
    /** What the loop asked for while it ran here. */
    private @Nullable Runnable request;

    private boolean runsLoop;

    Worker(Runnable task, String name) {
      super(null, task, name, 0, false);
    }

    boolean isOf(RequestThreads threads) {
      return threads == RequestThreads.this;
    }

    @Nullable Runnable takeRequest() {
      Runnable taken = request;
      request = null;
      return taken;
    }
  }

  /**
   * Sends a request: on this thread, when it is through with the loop's tasks, or on another.
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

  /** Where no more threads can be made, those that there are do for the request. */
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
   * Runs the loop's tasks on this thread, if it is one of these. Its request must have ended: what
   * the loop asks for is sent afterwards.
   *
   * @param tasks what to run; must not throw
   * @return false if it is not
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
   * @return false if none is
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

  /** The loop has more to do here: what it asked for must not wait for that. */
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
      // The client has been closed: nobody waits for the answer.
    }
  }

  private void work(Runnable first) {
    Worker worker = here();
    Runnable task = first;
    try {
      while (task != null && !pool.isShutdown()) {
        task.run();
        // One that came too late for this task is not for the next.
        boolean unused = Thread.interrupted();
        task = worker == null ? null : worker.takeRequest();
      }
    } finally {
      passRequestOn();
    }
  }

  /** Ends the threads; interrupts requests on their way. */
  void shutdown() {
    pool.shutdownNow();
  }
}
