package io.github.batonlock.internal.callback;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** User code, one task after another, on whichever thread of the callback executor comes. */
public final class Serial implements Executor {
  private final Notices notices;
  private final String what;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger left = new AtomicInteger();

  /**
   * Without tasks.
   *
   * @param notices runs them
   * @param what they are, for the log
   */
  public Serial(Notices notices, String what) {
    this.notices = notices;
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
    CompletableFuture<Void> unused = notices.run(what, this::runOne);
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
