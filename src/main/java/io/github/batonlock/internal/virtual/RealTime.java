package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time of the real machine, with one thread for what is due. Any thread may use it. */
public final class RealTime implements WorldTime, AutoCloseable {
  private final long began = System.nanoTime();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, task -> daemon("baton-testbed-time", task));

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public long nanos() {
    return System.nanoTime() - began;
  }

  @Override
  public EventLoop.Timer schedule(long delayNanos, Runnable action) {
    Future<?> due = timer.schedule(action, Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
    return () -> due.cancel(false);
  }

  /** Blocks the calling thread. */
  public void sleep(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }

  /** Runs code on a daemon thread of its own. */
  public void start(String name, Runnable code) {
    daemon(name, code).start();
  }

  /** The machine's clock. */
  public Clock clock() {
    return Clock.systemUTC();
  }

  /** What is not due yet never happens. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
