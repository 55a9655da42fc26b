package io.github.batonlock.internal.time;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real machine. */
public final class LivePlatform implements Platform {
  private static final Logger log = LoggerFactory.getLogger(LivePlatform.class);
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  private final Clock clock = new SystemClock();
  private final RandomGenerator random = new SecureRandom();
  private final EventLoop loop;
  private final Executor requests;
  private final Executor callbacks;
  private final @Nullable RequestThreads ownRequests;
  private final @Nullable ElasticPool ownCallbacks;
  private final int callbackThreads;

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
    String name = "baton-" + CLIENTS.incrementAndGet();
    callbackThreads = threads.callbacks();
    if (requestExecutor == null) {
      ownRequests = new RequestThreads(threads.requests(), name + "-request");
      requests = ownRequests;
    } else {
      ownRequests = null;
      requests = requestExecutor;
    }
    loop = new ThreadEventLoop(new Daemons(name + "-loop"), ownRequests);
    if (callbackExecutor == null) {
      ownCallbacks = callbackPool(threads.callbacks(), name + "-callback");
      callbacks = neverRejecting(ownCallbacks, false);
    } else {
      ownCallbacks = null;
      callbacks = neverRejecting(callbackExecutor, true);
    }
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
    loop.shutdown();
    if (ownRequests != null) {
      ownRequests.shutdown();
    }
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
      if (interruptCallbacks) {
        runElsewhere(callbackThreads, ownCallbacks.shutdownNow());
      }
    }
  }

  /** Callbacks that have not begun are run all the same. */
  private static void runElsewhere(int threads, List<Runnable> callbacks) {
    if (!callbacks.isEmpty()) {
      ElasticPool rest = callbackPool(threads, "baton-callback-rest");
      callbacks.forEach(rest::execute);
      rest.shutdown();
    }
  }

  private static ElasticPool callbackPool(int threads, String name) {
    return new ElasticPool(threads, new Daemons(name));
  }

  /** A revocation has to be delivered, also when an executor is full or shut down. */
  private static Executor neverRejecting(Executor executor, boolean isTheUsers) {
    ThreadFactory fallback = new Daemons("baton-callback-fallback");
    return task -> {
      try {
        executor.execute(task);
      } catch (RejectedExecutionException e) {
        if (isTheUsers) {
          log.warn("The callback executor rejected a callback; it runs on a thread of its own", e);
        }
        fallback.newThread(task).start();
      }
    };
  }

  private static final class SystemClock implements Clock {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public long epochMillis() {
      return System.currentTimeMillis();
    }
  }
}
