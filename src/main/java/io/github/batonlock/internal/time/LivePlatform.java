package io.github.batonlock.internal.time;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The real machine. */
public final class LivePlatform implements Platform {
  private static final Logger log = LoggerFactory.getLogger(LivePlatform.class);
  private static final AtomicInteger CLIENTS = new AtomicInteger();

  /** The SDK's synchronous HTTP clients allow 50 connections unless configured otherwise. */
  private static final int MAX_REQUEST_THREADS = 50;

  /** A callback may block; but a thousand that do are more than the others have to outlive. */
  private static final int MAX_CALLBACK_THREADS = 1_000;

  private static final int IDLE_SECONDS = 30;

  private final Clock clock = new SystemClock();
  private final RandomGenerator random = new SecureRandom();
  private final EventLoop loop;
  private final Executor requests;
  private final Executor callbacks;
  private final @Nullable ExecutorService ownRequests;
  private final @Nullable ExecutorService ownCallbacks;

  /**
   * Starts the threads of one client.
   *
   * @param requestExecutor the user's, or null for daemon threads of the client's own
   * @param callbackExecutor the user's, or null for daemon threads of the client's own
   */
  public LivePlatform(@Nullable Executor requestExecutor, @Nullable Executor callbackExecutor) {
    String name = "baton-" + CLIENTS.incrementAndGet();
    loop = new ThreadEventLoop(daemons(name + "-loop"));
    if (requestExecutor == null) {
      ownRequests = pool(MAX_REQUEST_THREADS, daemons(name + "-request"));
      requests = ownRequests;
    } else {
      ownRequests = null;
      requests = requestExecutor;
    }
    if (callbackExecutor == null) {
      ownCallbacks = pool(MAX_CALLBACK_THREADS, daemons(name + "-callback"));
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
      ownRequests.shutdownNow();
    }
    if (ownCallbacks != null) {
      ownCallbacks.shutdown();
      if (interruptCallbacks) {
        runElsewhere(ownCallbacks.shutdownNow());
      }
    }
  }

  /** Callbacks that have not begun are run all the same. */
  private static void runElsewhere(List<Runnable> callbacks) {
    if (!callbacks.isEmpty()) {
      ExecutorService rest = pool(MAX_CALLBACK_THREADS, daemons("baton-callback-rest"));
      callbacks.forEach(rest::execute);
      rest.shutdown();
    }
  }

  /** Up to the maximum of threads, idle ones first; what comes on top queues. */
  private static ExecutorService pool(int maxThreads, ThreadFactory threads) {
    var queue =
        new LinkedTransferQueue<Runnable>() {
          private static final long serialVersionUID = 1L;

          @Override
          public boolean offer(Runnable task) {
            return tryTransfer(task);
          }
        };
    return new ThreadPoolExecutor(
        0,
        maxThreads,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        queue,
        threads,
        (task, pool) -> {
          queue.put(task);
          // Whether it was shut down before is asked after: nothing is left behind.
          if (pool.isShutdown() && queue.remove(task)) {
            throw new RejectedExecutionException("the lock client is closed");
          }
        });
  }

  /** A revocation has to be delivered, also when an executor is full or shut down. */
  private static Executor neverRejecting(Executor executor, boolean isTheUsers) {
    ThreadFactory fallback = daemons("baton-callback-fallback");
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

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
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
