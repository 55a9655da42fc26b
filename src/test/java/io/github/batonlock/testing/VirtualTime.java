package io.github.batonlock.testing;

import io.github.batonlock.internal.time.Clock;
import io.github.batonlock.internal.time.EventLoop;
import io.github.batonlock.internal.time.Platform;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A world whose clocks only move when a test moves them, and in which everything happens on the
 * test's thread, in the order of its time.
 */
public final class VirtualTime {
  /** 2026-01-01T00:00:00Z. */
  public static final long EPOCH = 1_767_225_600_000L;

  private final PriorityQueue<Task> queue = new PriorityQueue<>();
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20260101);
  private long nanos;
  private long sequence;

  /** Monotonic time since the world began. */
  public synchronized Duration elapsed() {
    return Duration.ofNanos(nanos);
  }

  /** Does something later, at world time. */
  public synchronized Task schedule(long delayNanos, Runnable action) {
    Task task = new Task(nanos + Math.max(0, delayNanos), sequence++, action);
    queue.add(task);
    return task;
  }

  /** Lets the given time go by. */
  public void advance(Duration duration) {
    long end = elapsed().plus(duration).toNanos();
    while (runNext(end)) {
      // Until nothing is due.
    }
    synchronized (this) {
      nanos = end;
    }
  }

  /** Runs what is due now. */
  public void settle() {
    advance(Duration.ZERO);
  }

  private boolean runNext(long end) {
    Task task;
    synchronized (this) {
      task = queue.peek();
      if (task == null || task.at > end) {
        return false;
      }
      queue.remove();
      nanos = Math.max(nanos, task.at);
    }
    task.run();
    return true;
  }

  /** Something to happen. */
  public static final class Task implements Comparable<Task>, EventLoop.Timer {
    private final long at;
    private final long order;
    private final Runnable action;
    private volatile boolean cancelled;

    Task(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    private void run() {
      if (!cancelled) {
        action.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  /** A machine of this world, for one client. */
  public Machine machine() {
    return new Machine();
  }

  /** Clocks, a loop and threads; may be suspended, paused, have its wall clock stepped. */
  public final class Machine implements Platform, Clock, EventLoop {
    private long wallOffsetMillis;
    private long suspendedNanos;
    private boolean paused;
    private boolean shutDown;
    private final Deque<Runnable> held = new ArrayDeque<>();

    /** Steps the wall clock. */
    public void stepWallClock(Duration step) {
      wallOffsetMillis += step.toMillis();
    }

    /**
     * The machine has been suspended for this long: the world and the wall clock went on, its
     * monotonic clock and everything on it stood still.
     */
    public void suspend(Duration duration) {
      paused = true;
      advance(duration);
      suspendedNanos += duration.toNanos();
      resume();
    }

    /** The process has been stopped for this long; its clocks went on (SIGSTOP, SIGCONT). */
    public void pause(Duration duration) {
      paused = true;
      advance(duration);
    }

    /** Goes on after a pause; what became due meanwhile happens at once. */
    public void resume() {
      paused = false;
      while (!held.isEmpty()) {
        Runnable next = held.poll();
        VirtualTime.this.schedule(0, () -> runHere(next));
      }
    }

    public boolean isShutDown() {
      return shutDown;
    }

    private void runHere(Runnable task) {
      if (paused) {
        held.add(task);
      } else if (!shutDown) {
        task.run();
      }
    }

    @Override
    public Clock clock() {
      return this;
    }

    @Override
    public long nanoTime() {
      return elapsed().toNanos() - suspendedNanos;
    }

    @Override
    public long epochMillis() {
      return EPOCH + elapsed().toMillis() + wallOffsetMillis;
    }

    @Override
    public EventLoop loop() {
      return this;
    }

    @Override
    public boolean execute(Runnable task) {
      if (shutDown) {
        return false;
      }
      VirtualTime.this.schedule(0, () -> runHere(task));
      return true;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      Timer[] timer = new Timer[1];
      long due = nanoTime() + Math.max(0, delayNanos);
      boolean[] cancelled = new boolean[1];
      scheduleAt(due, task, timer, cancelled);
      return () -> {
        cancelled[0] = true;
        timer[0].cancel();
      };
    }

    /** A timer of a machine that was suspended meanwhile fires later, by its monotonic clock. */
    private void scheduleAt(long due, Runnable task, Timer[] timer, boolean[] cancelled) {
      timer[0] =
          VirtualTime.this.schedule(
              due - nanoTime(),
              () ->
                  runHere(
                      () -> {
                        if (cancelled[0]) {
                          return;
                        }
                        if (nanoTime() < due) {
                          scheduleAt(due, task, timer, cancelled);
                        } else {
                          task.run();
                        }
                      }));
    }

    @Override
    public Executor requests() {
      return task -> VirtualTime.this.schedule(0, task);
    }

    @Override
    public Executor callbacks() {
      return task -> VirtualTime.this.schedule(0, () -> runUserCode(task));
    }

    /** Also after the client has shut down: user code is never dropped. */
    private void runUserCode(Runnable task) {
      if (paused) {
        held.add(task);
      } else {
        task.run();
      }
    }

    @Override
    public RandomGenerator random() {
      return random;
    }

    /** A blocking call moves the world's time until it has what it waits for. */
    @Override
    public <T> T await(CompletableFuture<T> future) throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      while (!future.isDone()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (!runNext(Long.MAX_VALUE)) {
          throw new AssertionError("a blocking call would wait for ever");
        }
      }
      try {
        return future.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        throw new AssertionError(e.getCause());
      }
    }

    @Override
    public void shutdown(boolean interruptCallbacks) {
      shutdown();
    }

    @Override
    public void shutdown() {
      shutDown = true;
    }
  }
}
