package io.github.batonlock.internal.runtime;

import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timers on one daemon thread, designed for timers that are mostly cancelled.
 *
 * <p>Most timers of a client guard a request, and are cancelled when its answer comes. The thread
 * is woken for a timer only if it would otherwise sleep beyond it. So after a timer was cancelled,
 * the thread wakes up once for nothing, and until then all later timers are added without waking
 * it. In all there are some wake-ups a second, not some for each request.
 */
final class Timers {
  private static final Logger log = LoggerFactory.getLogger(Timers.class);

  /** No timer is further away than this, 73 years. */
  private static final long LONGEST = Long.MAX_VALUE / 4;

  private static final Comparator<Due> EARLIEST_FIRST =
      (a, b) -> {
        // Compares differences, since the monotonic clock may overflow.
        long difference = a.at - b.at;
        return difference == 0 ? Long.compare(a.number, b.number) : difference < 0 ? -1 : 1;
      };

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition earlier = lock.newCondition();

  @GuardedBy("lock")
  private final NavigableSet<Due> waiting = new TreeSet<>(EARLIEST_FIRST);

  private final Runnable lastAct;

  @GuardedBy("lock")
  private long wakesAt = System.nanoTime() + LONGEST;

  @GuardedBy("lock")
  private long made;

  @GuardedBy("lock")
  private long wakeUps;

  @GuardedBy("lock")
  private boolean ended;

  /** A task with a time. */
  static final class Due {
    private final Runnable task;
    private final long at;
    private final long number;

    private Due(Runnable task, long at, long number) {
      this.task = task;
      this.at = at;
      this.number = number;
    }
  }

  /**
   * Starts the thread.
   *
   * @param threads makes it
   * @param lastAct what the thread does after the shutdown, before it ends
   */
  Timers(ThreadFactory threads, Runnable lastAct) {
    this.lastAct = lastAct;
    threads.newThread(this::run).start();
  }

  /**
   * Runs a task on the thread.
   *
   * @param delayNanos from now
   * @param task what to run; should not throw
   * @return to cancel it; it never runs after a shutdown
   */
  Due schedule(long delayNanos, Runnable task) {
    long at = System.nanoTime() + Math.min(Math.max(0, delayNanos), LONGEST);
    lock.lock();
    try {
      Due due = new Due(task, at, made++);
      if (!ended) {
        waiting.add(due);
        if (due.at - wakesAt < 0) {
          wakesAt = due.at;
          earlier.signal();
        }
      }
      return due;
    } finally {
      lock.unlock();
    }
  }

  /** Keeps a task from running, if it has not begun. */
  void cancel(Due due) {
    lock.lock();
    try {
      waiting.remove(due);
    } finally {
      lock.unlock();
    }
  }

  /** How often the thread has gone to sleep and was woken, or woke up by itself. */
  long wakeUps() {
    lock.lock();
    try {
      return wakeUps;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the thread; no task begins any more. */
  void shutdown() {
    lock.lock();
    try {
      ended = true;
      waiting.clear();
      earlier.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (Due due = next(); due != null; due = next()) {
      runLogged(due.task);
    }
    runLogged(lastAct);
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (Throwable t) {
      SafeLog.error(log, "A timer of the lock client failed; the others go on", t);
    }
  }

  /** Waits for the next timer; null after the shutdown. */
  private @Nullable Due next() {
    lock.lock();
    try {
      while (!ended) {
        long now = System.nanoTime();
        Due first = waiting.isEmpty() ? null : waiting.first();
        if (first != null && first.at - now <= 0) {
          waiting.remove(first);
          return first;
        }
        wakesAt = first == null ? now + LONGEST : first.at;
        sleep(wakesAt - now);
        wakeUps++;
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  // The caller loops.
  @SuppressWarnings("WaitNotInLoop")
  private void sleep(long nanos) {
    try {
      long unused = earlier.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // The thread is never ended by an interrupt: it looks at what is due, and goes on.
    }
  }
}
