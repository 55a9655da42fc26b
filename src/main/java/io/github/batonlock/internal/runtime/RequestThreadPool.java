package io.github.batonlock.internal.runtime;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The threads that send requests, and run the loop in between.
 *
 * <p>To wake a thread costs more than the loop's work for an answer. So the thread that brings an
 * answer also runs the loop's tasks, unless another thread does. If these tasks ask for a request,
 * it sends that, too.
 *
 * <p>A thread of the user's that begins a call and then blocks is one of these threads meanwhile;
 * see {@link LentThread}.
 */
final class RequestThreadPool implements Executor {
  private final ElasticPool pool;

  /** The threads of users that are lent now. */
  private final Map<Thread, LentThread> lent = new ConcurrentHashMap<>();

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

  /** The request that the loop asked for while it ran on a thread, which the thread sends next. */
  @ConfinedTo(ConfinedTo.ONE_THREAD)
  static class Place {
    private @Nullable Runnable request;
    private boolean runsLoop;

    /** Whether this thread sends a request that the loop asks for now. */
    boolean takes(Runnable next) {
      return runsLoop && request == null;
    }

    final void put(Runnable next) {
      request = next;
    }

    final @Nullable Runnable take() {
      Runnable taken = request;
      request = null;
      return taken;
    }

    /** Runs a task of the loop, or several; the first request of them comes here. */
    final void runLoop(Runnable tasks) {
      runsLoop = true;
      try {
        tasks.run();
      } finally {
        runsLoop = false;
      }
    }
  }

  /** One of the client's own threads. */
  private final class Worker extends Thread {
    private final Place place = new Place();

    Worker(Runnable task, String name) {
      super(null, task, name, 0, false);
    }

    boolean isOf(RequestThreadPool threads) {
      return threads == RequestThreadPool.this;
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
    Place here = here();
    if (here != null && here.takes(request) && !pool.isBehind() && !pool.isShutdown()) {
      here.put(request);
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
   * Begins a call of the calling thread, which then blocks until the call has ended. It is lent
   * meanwhile, if that is possible.
   *
   * @param begin begins the call, by one task of the loop
   * @return what {@code begin} returns; perhaps completed
   */
  <T> CompletableFuture<T> lend(Supplier<CompletableFuture<T>> begin) {
    if (here() != null || pool.isShutdown() || !LentThread.isPossible()) {
      return begin.get();
    }
    Thread thread = Thread.currentThread();
    LentThread here = new LentThread();
    lent.put(thread, here);
    try {
      CompletableFuture<T> call = begin.get();
      here.hasBegun();
      while (!call.isDone() && !thread.isInterrupted() && sendNext(here)) {
        // The answer may have asked for another request.
      }
      return call;
    } finally {
      passRequestOn();
      lent.remove(thread);
    }
  }

  /** Sends the request that the loop asked for. Returns false if there is none. */
  private boolean sendNext(LentThread here) {
    Runnable request = here.take();
    if (request == null) {
      return false;
    }
    here.sends(request);
    try {
      // The check follows the announcement, so that a shutdown meets one of them.
      if (pool.isShutdown()) {
        return false;
      }
      request.run();
      return true;
    } finally {
      here.hasSent();
    }
  }

  /** The calling thread, if it is lent and its call has not begun; or else null. */
  @Nullable LentThread beginning() {
    LentThread here = lent.get(Thread.currentThread());
    return here != null && here.begins() ? here : null;
  }

  /** The calling thread's place; null if the thread is none of these, and not lent. */
  @Nullable Place here() {
    Thread thread = Thread.currentThread();
    return thread instanceof Worker worker && worker.isOf(this) ? worker.place : lent.get(thread);
  }

  /**
   * Runs the loop's tasks on a thread that is free.
   *
   * @param tasks what to run; must not throw
   * @return false if no thread is free
   */
  boolean runLoopElsewhere(Runnable tasks) {
    return pool.tryExecute(() -> work(() -> runLoop(tasks)));
  }

  private void runLoop(Runnable tasks) {
    Place here = here();
    if (here != null) {
      here.runLoop(tasks);
    }
  }

  /** The loop has more to do here. The request that it asked for must not wait for that. */
  void passRequestOn() {
    Place here = here();
    Runnable request = here == null ? null : here.take();
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
    Place here = here();
    Runnable task = first;
    try {
      while (task != null && !pool.isShutdown()) {
        task.run();
        // An interrupt that came too late for this task must not reach the next.
        boolean unused = Thread.interrupted();
        task = here == null ? null : here.take();
      }
    } finally {
      passRequestOn();
    }
  }

  /** Ends the threads; interrupts requests that are under way. */
  void shutdown() {
    pool.shutdownNow();
    lent.values().forEach(LentThread::interruptRequest);
  }
}
