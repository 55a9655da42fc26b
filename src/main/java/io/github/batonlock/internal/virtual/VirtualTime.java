package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A world whose clocks only move when a test moves them, and in which everything happens on the
 * test's thread, in the order of its time.
 *
 * <p>Belongs to one thread at a time: a thread that hands it to another has to wait for that one.
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class VirtualTime implements WorldTime {
  /** 2026-01-01T00:00:00Z. */
  public static final long EPOCH = 1_767_225_600_000L;

  /**
   * The most tasks at one instant: more are a loop that would never end. The largest seen in the
   * simulation are 120, and some hundred thousand where a test closes ten thousand locks at once.
   */
  static final int MAX_TASKS_AT_ONCE = 1_000_000;

  private final RandomGenerator random = new SplittableRandom(20260101);

  /**
   * What is due later: a binary heap in which no task comes before the one at half its index, the
   * first of which is 1.
   */
  private Task[] heap = new Task[64];

  private int size;

  /** What is due at this instant since it was asked for at this instant: after all of the heap. */
  private final Deque<Task> now = new ArrayDeque<>();

  private long nanos;
  private long sequence;
  private int tasksAtOnce;

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Task schedule(long delayNanos, Runnable action) {
    Task task = new Task(nanos + Math.max(0, delayNanos), sequence++, action);
    if (delayNanos <= 0) {
      now.add(task);
      return task;
    }
    size++;
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    siftUp(task, size);
    return task;
  }

  /** Lets the given time go by. */
  public void advance(Duration duration) {
    long end = nanos + duration.toNanos();
    while (runNext(end)) {
      // Until nothing is due.
    }
    // A task that blocks moves the time further.
    nanos = Math.max(nanos, end);
    tasksAtOnce = 0;
  }

  /** Runs what is due now. */
  public void settle() {
    advance(Duration.ZERO);
  }

  /** Runs what is due next, if it is due by then; whether there was such a thing. */
  public boolean runNext(long end) {
    boolean isOfHeap = size > 0 && (now.isEmpty() || heap[1].at <= nanos);
    Task task = isOfHeap ? heap[1] : now.peek();
    if (task == null || task.at > end) {
      return false;
    }
    if (isOfHeap) {
      remove(task);
    } else {
      now.remove();
    }
    if (task.cancelled) {
      return true;
    }
    if (task.at > nanos) {
      nanos = task.at;
      tasksAtOnce = 0;
    }
    tasksAtOnce++;
    if (tasksAtOnce > MAX_TASKS_AT_ONCE) {
      throw new AssertionError(
          "more than "
              + MAX_TASKS_AT_ONCE
              + " tasks at one instant, a loop that never ends; the last one: "
              + task.action);
    }
    task.action.run();
    return true;
  }

  private void remove(Task task) {
    int place = task.place;
    task.place = 0;
    Task last = heap[size];
    heap[size] = null;
    size--;
    if (last != task) {
      siftDown(last, place);
      siftUp(last, last.place);
    }
  }

  private void siftUp(Task task, int from) {
    int place = from;
    while (place > 1 && task.isBefore(heap[place / 2])) {
      put(heap[place / 2], place);
      place /= 2;
    }
    put(task, place);
  }

  private void siftDown(Task task, int from) {
    int place = from;
    int child = 2 * place;
    while (child <= size) {
      if (child < size && heap[child + 1].isBefore(heap[child])) {
        child++;
      }
      if (task.isBefore(heap[child])) {
        break;
      }
      put(heap[child], place);
      place = child;
      child = 2 * place;
    }
    put(task, place);
  }

  private void put(Task task, int place) {
    heap[place] = task;
    task.place = place;
  }

  /** Something to happen. */
  public final class Task implements EventLoop.Timer {
    private final long at;
    private final long order;
    private final Runnable action;

    /** Where it is in the heap; zero if it is not. */
    private int place;

    private boolean cancelled;

    private Task(long at, long order, Runnable action) {
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
      if (place > 0) {
        remove(this);
      }
    }
  }

  /** A machine of this world, for one client, whose clocks are right. */
  public Machine machine() {
    return new Machine(this, random, 1.0);
  }
}
