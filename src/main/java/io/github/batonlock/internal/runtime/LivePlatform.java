package io.github.batonlock.internal.runtime;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The real machine's platform. */
public final class LivePlatform implements Platform {
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final RandomGenerator random = new SecureRandom();
  private final DaemonThreadFactory ownThreads = new DaemonThreadFactory("baton");
  private final EventLoop loop;
  private final Executor requests;
  private final CallbackExecutor callbacks;
  private final @Nullable RequestThreadPool ownRequests;
  private final ElasticPool ownCallbacks;

  /**
   * Runs the callbacks that come after the shutdown. Never shut down: idle threads end by
   * themselves.
   */
  private final ElasticPool lateCallbacks;

  /**
   * How many threads a client makes of its own, at most.
   *
   * @param requests for requests and the loop
   * @param callbacks for callbacks
   */
  public record ThreadCounts(int requests, int callbacks) {}

  /**
   * Starts the threads of one client.
   *
   * @param requestExecutor the user's, or null for daemon threads of the client's own
   * @param callbackExecutor the user's, or null for daemon threads of the client's own
   * @param threads how many threads of the client's own
   */
  public LivePlatform(
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      ThreadCounts threads) {
    this(requestExecutor, callbackExecutor, threads, factory -> factory);
  }

  /**
   * Starts the threads of one client.
   *
   * @param requestExecutor the user's, or null for daemon threads of the client's own
   * @param callbackExecutor the user's, or null for daemon threads of the client's own
   * @param threads how many there are of the client's own, at most
   * @param making wraps the factories of the client's own threads, except the timers' thread
   */
  LivePlatform(
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      ThreadCounts threads,
      UnaryOperator<ThreadFactory> making) {
    String name = "baton-" + CLIENTS.incrementAndGet();
    if (requestExecutor == null) {
      ownRequests = new RequestThreadPool(threads.requests(), name + "-request", making);
      requests = ownRequests;
    } else {
      ownRequests = null;
      requests = requestExecutor;
    }
    ownCallbacks =
        new ElasticPool(
            threads.callbacks(), making.apply(new DaemonThreadFactory(name + "-callback")));
    lateCallbacks =
        new ElasticPool(
            threads.callbacks(), making.apply(new DaemonThreadFactory("baton-callback-late")));
    loop =
        new ThreadEventLoop(new DaemonThreadFactory(name + "-loop"), ownRequests, this::loopEnded);
    callbacks = new CallbackExecutor(callbackExecutor, this::runCallback, loop);
  }

  private void runCallback(Runnable task) {
    try {
      ownCallbacks.execute(task);
    } catch (RejectedExecutionException e) {
      lateCallbacks.execute(task);
    }
  }

  private void loopEnded() {
    callbacks.loopEnded();
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  @Override
  public Executor requests() {
    return requests;
  }

  @Override
  public Executor callbacks() {
    return callbacks;
  }

  @Override
  public Executor logging() {
    return this::runLogging;
  }

  private void runLogging(Runnable task) {
    try {
      runCallback(task);
    } catch (Throwable t) {
      // No thread can be made. A line that comes late is better than none.
      task.run();
    }
  }

  @Override
  public OwnThread startThread(String name, Runnable task) {
    Thread thread = ownThreads.newThread(task);
    thread.setName(name);
    thread.start();
    return new StartedThread(thread);
  }

  private record StartedThread(Thread thread) implements OwnThread {
    @Override
    public void interrupt() {
      thread.interrupt();
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == thread;
    }
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
    return ownRequests == null ? call.get() : ownRequests.lend(call);
  }

  @Override
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    return Awaits.await(future);
  }

  @Override
  public void shutdown(boolean interruptCallbacks) {
    ownCallbacks.shutdown();
    if (interruptCallbacks) {
      // Callbacks that have not begun still run.
      ownCallbacks.shutdownNow().forEach(callbacks::execute);
    }
    loop.shutdown();
    if (ownRequests != null) {
      ownRequests.shutdown();
    }
  }
}
