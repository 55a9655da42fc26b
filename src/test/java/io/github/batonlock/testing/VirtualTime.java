package io.github.batonlock.testing;

import io.github.batonlock.internal.time.EventLoop;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A world whose clocks only move when a test moves them, and in which everything happens on the
 * test's thread, in the order of its time.
 *
 * <p>Belongs to one thread at a time: a thread that hands it to another has to wait for that one.
 */
public final class VirtualTime {
  /** 2026-01-01T00:00:00Z. */
  public static final long EPOCH = 1_767_225_600_000L;

  /**
   * The most tasks at one instant. The largest worlds of the simulation run some hundreds; more
   * than this is a loop that would never end.
   */
  static final int MAX_TASKS_AT_ONCE = 100_000;

  private final RandomGenerator random = new SplittableRandom(20260101);

  /** A binary heap: no task is due before the one at half its index. Starts at 1. */
  private Task[] heap = new Task[64];

  private int size;
  private long nanos;
  private long sequence;
  private int tasksAtOnce;

  /** Monotonic time since the world began. */
  public Duration elapsed() {
    return Duration.ofNanos(nanos);
  }

  /** The same, in nanoseconds. */
  public long nanos() {
    return nanos;
  }

  /** Does something later, at world time. */
  public Task schedule(long delayNanos, Runnable action) {
    Task task = new Task(nanos + Math.max(0, delayNanos), sequence++, action);
    size++;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    siftUp(task);
    return task;
  }

  /** Lets the given time go by. */
  public void advance(Duration duration) {
    long end = nanos + duration.toNanos();
    while (runNext(end)) {
      // Until nothing is due.
    }
    nanos = end;
    tasksAtOnce = 0;
  }

  /** Runs what is due now. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /** Runs what is due next, if it is due by then; whether there was such a thing. */
  boolean runNext(long end) {
    if (size == 0 || heap[1].at > end) {
      return false;
    }
    Task task = removeFirst();
    if (task.at > nanos) {
      nanos = task.at;
      tasksAtOnce = 0;
    }
    if (!task.cancelled) {
      tasksAtOnce++;
      if (tasksAtOnce > MAX_TASKS_AT_ONCE) {
        throw new AssertionError(
            "more than "
                + MAX_TASKS_AT_ONCE
                + " tasks at one instant: a loop that never ends; the last task: "
                + task.action);
      }
      task.action.run();
    }
    return true;
  }

  private void siftUp(Task task) {
    int place = size;
    while (place > 1 && task.isBefore(heap[place / 2])) {
      heap[place] = heap[place / 2];
      place /= 2;
    }
    heap[place] = task;
  }

  private Task removeFirst() {
    Task first = heap[1];
    Task last = heap[size];
    heap[size] = null;
    size--;
    if (size > 0) {
      siftDown(last);
    }
    return first;
  }

  private void siftDown(Task task) {
    int place = 1;
    int child = 2;
    while (child <= size) {
      if (child < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (task.isBefore(heap[child])) {
        break;
      }
      heap[place] = heap[child];
      place = child;
      child = 2 * place;
    }
    heap[place] = task;
  }

  /** Something to happen. */
  public static final class Task implements EventLoop.Timer {
    private final long at;
    private final long order;
    private final Runnable action;
    private boolean cancelled;

    Task(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    private boolean isBefore(Task other) {
      return at != other.at ? at < other.at : order < other.order;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** A machine of this world, for one client, whose clocks are right. */
  public Machine machine() {
    return new Machine(this, random, 1.0);
  }
}
