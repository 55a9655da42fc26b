package io.github.batonlock.testing;

import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A world whose clocks only move when a test moves them, and in which everything happens on the
 * test's thread, in the order of its time.
 */
public final class VirtualTime {
  /** 2026-01-01T00:00:00Z. */
  public static final long EPOCH = 1_767_225_600_000L;

  private final PriorityQueue<Task> queue = new PriorityQueue<>();
  private final RandomGenerator random = new SplittableRandom(20260101);
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

  /** Runs what is due next, if it is due by then; whether there was such a thing. */
  boolean runNext(long end) {
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

  /** A machine of this world, for one client, whose clocks are right. */
  public Machine machine() {
    return new Machine(this, random, 1.0);
  }
}
