package io.github.batonlock.internal.runtime;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loop without a thread of its own for tasks, but with one for timers.
 *
 * <pre>
 *   idle --a task comes--> some thread runs tasks --no task is left--> idle
 * </pre>
 *
 * <p>A thread that sends requests runs the tasks. If none of those is free, the timers' thread
 * does. It does not matter which thread it is: one runs at a time, and sees what the one before
 * did. A timer that is due queues behind the tasks that came before.
 *
 * <p>A thread of the user's runs tasks only while it is lent, and then only up to the task that
 * belongs to its own call.
 */
final class ThreadEventLoop implements EventLoop {
  private static final Logger log = LoggerFactory.getLogger(ThreadEventLoop.class);

  private final Timers timers;
  private final @Nullable RequestThreadPool threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Runnable lastTask;
  private final RepeatedWarning noThread =
      new RepeatedWarning(
          log,
          "No thread can be made; the lock client goes on with those that it has",
          SystemClock.INSTANCE);

  /**
   * The number of tasks that have not ended. The thread that raises it to one makes sure that the
   * tasks are run.
   */
  private final AtomicInteger unfinished = new AtomicInteger();

  private volatile boolean ended;

  /** The thread that runs a task now; null if none does. */
  private volatile @Nullable Thread current;

  /**
   * Creates a loop.
   *
   * @param timerThread makes the thread for timers
   * @param threads run the tasks; null if only the timers' thread is to
   */
  ThreadEventLoop(ThreadFactory timerThread, @Nullable RequestThreadPool threads) {
    this(timerThread, threads, () -> {});
  }

  /**
   * Creates a loop.
   *
   * @param timerThread makes the thread for timers
   * @param threads run the tasks; null if only the timers' thread is to
   * @param lastTask runs after the shutdown and after all tasks that ran then, like a task
   */
  ThreadEventLoop(
      ThreadFactory timerThread, @Nullable RequestThreadPool threads, Runnable lastTask) {
    this.threads = threads;
    this.lastTask = lastTask;
    // Started now, so that a machine that can make no more threads later has this one.
    timers = new Timers(timerThread, this::runLast);
  }

  /** Runs the last task. On the timers' thread, which then ends. */
  private void runLast() {
    if (isFirst(lastTask)) {
      runTasks();
    }
  }

  @Override
  public long nanoTime() {
    return SystemClock.INSTANCE.nanoTime();
  }

  @Override
  public long epochMillis() {
    return SystemClock.INSTANCE.epochMillis();
  }

  @Override
  public boolean execute(Runnable task) {
    if (ended) {
      return false;
    }
    LentThread lent = threads == null ? null : threads.beginning();
    if (lent == null) {
      StackRoom.ensureForWakeUp();
    }
    if (!isFirst(task)) {
      return true;
    }
    if (lent == null) {
      begin();
    } else {
      runUpTo(task, lent);
    }
    return true;
  }

  @Override
  public boolean executeLast(Runnable task) {
    if (ended) {
      return false;
    }
    if (isFirst(task)) {
      RequestThreadPool.Place here = threads == null ? null : threads.here();
      if (here == null) {
        begin();
      } else if (here instanceof LentThread lent) {
        runUpTo(task, lent);
      } else {
        here.runLoop(this::runTasks);
      }
    }
    return true;
  }

  private boolean isFirst(Runnable task) {
    tasks.add(task);
    return unfinished.getAndIncrement() == 0;
  }

  private void begin() {
    try {
      if (threads != null && threads.runLoopElsewhere(this::runTasks)) {
        return;
      }
    } catch (Throwable t) {
      noThread.happened(t);
    }
    Timers.Due unused = timers.schedule(0, this::runTasks);
  }

  private void runTasks() {
    do {
      Runnable task = tasks.poll();
      if (task != null && mayRun(task)) {
        runLogged(task);
      }
      if (threads != null && unfinished.get() > 1) {
        threads.passRequestOn();
      }
    } while (unfinished.decrementAndGet() != 0);
  }

  /**
   * Runs tasks on a thread of the user's, up to the task of its own call: the first, as a rule.
   * Another thread runs the rest.
   */
  @SuppressWarnings("ReferenceEquality") // Compares with the task itself.
  private void runUpTo(Runnable own, LentThread thread) {
    boolean interrupted = Thread.interrupted();
    try {
      boolean isOwn;
      do {
        Runnable task = tasks.poll();
        isOwn = task == own;
        if (task != null && mayRun(task)) {
          if (isOwn) {
            thread.runLoop(() -> runLogged(task));
          } else {
            runLogged(task);
          }
        }
        if (unfinished.decrementAndGet() == 0) {
          return;
        }
      } while (!isOwn);
      begin();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // Compares with the last task itself.
  private boolean mayRun(Runnable task) {
    return !ended || task == lastTask;
  }

  /** Runs a task. No exception or error of the task may keep the others from running. */
  private void runLogged(Runnable task) {
    current = Thread.currentThread();
    try {
      task.run();
    } catch (Throwable t) {
      SafeLog.error(log, "A task of the lock client failed; its locks are still watched", t);
    } finally {
      current = null;
    }
  }

  @Override
  public boolean isCurrent() {
    return current == Thread.currentThread();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    DueTask due = new DueTask(task);
    if (delayNanos <= 0) {
      boolean unused = execute(due);
      return due;
    }
    due.waiting = timers.schedule(delayNanos, () -> isDue(due));
    return due;
  }

  private void isDue(DueTask task) {
    if (isFirst(task)) {
      runTasks();
    }
  }

  /** A task with a time; cancelled, it does not run even if it is queued already. */
  private final class DueTask implements Runnable, Timer {
    private final Runnable task;
    private volatile boolean cancelled;
    private volatile Timers.@Nullable Due waiting;

    DueTask(Runnable task) {
      this.task = task;
    }

    @Override
    public void run() {
      if (!cancelled) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      Timers.Due timer = waiting;
      if (timer != null) {
        timers.cancel(timer);
      }
    }
  }

  @Override
  public void shutdown() {
    ended = true;
    timers.shutdown();
  }
}
