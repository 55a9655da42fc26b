package io.github.batonlock.internal.callback;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An executor for user code that runs one task after another, on any thread of the callback
 * executor.
 */
public final class SerialExecutor implements Executor {
  private final CallbackDispatcher callbacks;
  private final String what;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger left = new AtomicInteger();

  /**
   * Creates an executor without tasks.
   *
   * @param callbacks runs them
   * @param what the tasks are, for the log
   */
  public SerialExecutor(CallbackDispatcher callbacks, String what) {
    this.callbacks = callbacks;
    this.what = what;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (left.getAndIncrement() == 0) {
      runNext();
    }
  }

  private void runNext() {
    CompletableFuture<Void> unused = callbacks.run(what, this::runOne);
  }

  private void runOne() {
    try {
      Runnable task = tasks.poll();
      if (task != null) {
        task.run();
      }
    } finally {
      if (left.decrementAndGet() != 0) {
        runNext();
      }
    }
  }
}
