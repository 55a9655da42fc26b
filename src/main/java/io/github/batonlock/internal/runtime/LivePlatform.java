package io.github.batonlock.internal.runtime;

import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The real machine. */
public final class LivePlatform implements Platform {
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final Clock clock = SystemClock.INSTANCE;
  private final RandomGenerator random = new SecureRandom();
  private final EventLoop loop;
  private final Executor requests;
  private final CallbackExecutor callbacks;
  private final @Nullable RequestThreads ownRequests;
  private final ElasticPool ownCallbacks;

  /** Runs what comes after the shutdown. Never shut down: threads that are idle end. */
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
   * @param making wraps what makes the client's own threads, that of its timers excepted
   */
  LivePlatform(
      @Nullable Executor requestExecutor,
      @Nullable Executor callbackExecutor,
      ThreadCounts threads,
      UnaryOperator<ThreadFactory> making) {
    String name = "baton-" + CLIENTS.incrementAndGet();
    if (requestExecutor == null) {
      ownRequests = new RequestThreads(threads.requests(), name + "-request", making);
      requests = ownRequests;
    } else {
      ownRequests = null;
      requests = requestExecutor;
    }
    ownCallbacks =
        new ElasticPool(threads.callbacks(), making.apply(new Daemons(name + "-callback")));
    lateCallbacks =
        new ElasticPool(threads.callbacks(), making.apply(new Daemons("baton-callback-late")));
    loop = new ThreadEventLoop(new Daemons(name + "-loop"), ownRequests, this::loopEnded);
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
  public Clock clock() {
    return clock;
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
  public RandomGenerator random() {
    return random;
  }

  @Override
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    return Blocking.await(future);
  }

  @Override
  public void shutdown(boolean interruptCallbacks) {
    ownCallbacks.shutdown();
    if (interruptCallbacks) {
      // Those that have not begun run all the same.
      ownCallbacks.shutdownNow().forEach(callbacks::execute);
    }
    loop.shutdown();
    if (ownRequests != null) {
      ownRequests.shutdown();
    }
  }
}
