package io.github.batonlock.internal.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor of user code. It runs each task exactly once, whatever the executors below it do.
 *
 * <pre>
 *   offered to the user's executor --taken--> runs there
 *      | it throws anything, or runs the task on the calling thread
 *      v
 *   offered to the client's own threads --taken--> runs there
 *      | no thread can be made
 *      v
 *   waits --a thread becomes free--> runs there
 *      |  '--after a pause, which doubles--> offered again, to both
 *      | the loop has ended
 *      v
 *   runs on the thread that ran the loop last; after that, on the calling thread
 * </pre>
 *
 * <p>Any thread. Never throws. The order of tasks is kept only among those that wait.
 */
public final class CallbackExecutor implements Executor {
  private static final Logger log = LoggerFactory.getLogger(CallbackExecutor.class);

  private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final @Nullable Executor users;
  private final Executor own;
  private final EventLoop loop;

  /** Tasks that no executor has taken. */
  @GuardedBy("this")
  private final Deque<Task> waiting = new ArrayDeque<>();

  /** Whether the tasks that wait will be offered again. */
  @GuardedBy("this")
  private boolean pausing;

  @GuardedBy("this")
  private boolean loopEnded;

  private final RepeatedWarning refused;
  private final RepeatedWarning noThread;

  /**
   * Creates an executor of user code.
   *
   * @param users the user's executor, tried first; null for none
   * @param own the client's own threads; throws where no thread can be made
   * @param loop times the pauses between tries
   */
  public CallbackExecutor(@Nullable Executor users, Executor own, EventLoop loop) {
    this.users = users;
    this.own = own;
    this.loop = loop;
    this.refused =
        new RepeatedWarning(
            log,
            "The callback executor did not take a callback; it runs on a thread of the client's"
                + " own",
            loop);
    this.noThread =
        new RepeatedWarning(log, "No thread can be made for a callback; it waits for one", loop);
  }

  @Override
  public void execute(Runnable userCode) {
    Task task = new Task(userCode);
    Throwable refusal = offer(task);
    if (refusal != null && !waits(task, refusal)) {
      task.runHere();
    }
  }

  /** Returns null if the task was taken, and otherwise why the client's own threads did not. */
  private @Nullable Throwable offer(Task task) {
    if (users != null) {
      Throwable refusal = task.offerTo(users);
      if (refusal == null) {
        return null;
      }
      refused.happened(refusal);
    }
    return task.offerTo(own);
  }

  /** Lets a task wait for a thread. Returns false once the loop has ended. */
  private boolean waits(Task task, Throwable refusal) {
    boolean begins;
    synchronized (this) {
      if (loopEnded) {
        return false;
      }
      waiting.add(task);
      begins = !pausing;
      pausing = true;
    }
    if (begins) {
      noThread.happened(refusal);
      offerAgainIn(SHORTEST_PAUSE);
    }
    return true;
  }

  private void offerAgainIn(long pause) {
    EventLoop.Timer unused = loop.schedule(pause, () -> offerAgain(pause));
  }

  /** Offers the tasks that wait, in their order, until one task is not taken. On the loop. */
  private void offerAgain(long lastPause) {
    for (Task task = firstWaiting(); task != null; task = firstWaitingWithout(task)) {
      if (offer(task) != null && !task.hasBegun()) {
        offerAgainIn(Math.min(2 * lastPause, LONGEST_PAUSE));
        return;
      }
    }
  }

  /** The first task stays in its place: a thread that becomes free may take it meanwhile. */
  private synchronized @Nullable Task firstWaiting() {
    pausing = !waiting.isEmpty();
    return waiting.peek();
  }

  private synchronized @Nullable Task firstWaitingWithout(Task taken) {
    boolean unused = waiting.remove(taken);
    return firstWaiting();
  }

  private synchronized @Nullable Task takeWaiting() {
    return waiting.poll();
  }

  /**
   * Runs the tasks that wait. Called once the loop runs nothing else any more, by the thread that
   * ran it last. From here on, the calling thread runs a task that no other thread can run.
   */
  public void loopEnded() {
    // The interrupt was meant for a request that this thread may have been sending.
    boolean unused = Thread.interrupted();
    for (Task task = nextAtEnd(); task != null; task = nextAtEnd()) {
      if (offer(task) != null) {
        task.runHere();
      }
    }
  }

  private synchronized @Nullable Task nextAtEnd() {
    Task next = waiting.poll();
    loopEnded = next == null;
    return next;
  }

  /** One task. The first thread that begins it runs it; all others do nothing. */
  private final class Task implements Runnable {
    private final Runnable userCode;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile @Nullable Thread offering;
    private volatile boolean ranOnCaller;

    Task(Runnable userCode) {
      this.userCode = userCode;
    }

    /** Returns null if the executor has taken the task, and otherwise why not. */
    @Nullable Throwable offerTo(Executor executor) {
      ranOnCaller = false;
      offering = Thread.currentThread();
      try {
        executor.execute(this);
      } catch (Throwable t) {
        // It may have taken the task all the same, and perhaps is running it already.
        return begun.get() ? null : t;
      } finally {
        offering = null;
      }
      return ranOnCaller
          ? new RejectedExecutionException("The executor ran the task on the calling thread")
          : null;
    }

    @Override
    public void run() {
      if (offering == Thread.currentThread()) {
        // The calling thread may be the loop, or hold a lock of the client's.
        ranOnCaller = true;
      } else {
        runHere();
        for (Task next = takeWaiting(); next != null; next = takeWaiting()) {
          next.runHere();
        }
      }
    }

    boolean hasBegun() {
      return begun.get();
    }

    void runHere() {
      if (begun.compareAndSet(false, true)) {
        try {
          userCode.run();
        } catch (Throwable t) {
          SafeLog.warn(log, "A callback threw; nothing else is affected", t);
        }
      }
    }
  }
}
