package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Blocking user code on virtual time: a real thread that runs only while the world stands still and
 * waits for it, so that all of the world remains one sequence of events.
 */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class UserThread implements Blocked {
  private static final String NAME = "simulated-user-code";
  private static final ThreadLocal<UserThread> CURRENT = new ThreadLocal<>();
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new InterruptibleThread(task);
            thread.setDaemon(true);
            return thread;
          });

  /** Between two looks at code that keeps the world waiting. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Semaphore turn = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  private final Consumer<UserThread> onInterrupt;
  private final Duration patience;
  private volatile @Nullable Thread thread;
  private volatile boolean abandoned;

  /** While the thread waits for its turn, its own flag does not show that. */
  private volatile boolean interrupted;

  private @Nullable Object awaited;
  private @Nullable Throwable failure;
  private boolean started;
  private boolean killed;
  private boolean ended;

  /** A thread whose code is never interrupted by the code of the library, and has all the time. */
  public UserThread() {
    this(thread -> {}, Duration.ZERO);
  }

  /**
   * A thread.
   *
   * @param onInterrupt called when code of the library, or of a user, interrupts this thread
   * @param patience how much real time the code may wait for what is not of the world; zero for no
   *     limit
   */
  UserThread(Consumer<UserThread> onInterrupt, Duration patience) {
    this.onInterrupt = onInterrupt;
    this.patience = patience;
  }

  /** A thread that tells of its interrupts: while it is parked, it does not see them itself. */
  private static final class InterruptibleThread extends Thread {
    private volatile @Nullable UserThread running;

    InterruptibleThread(Runnable task) {
      super(task, NAME);
    }

    @Override
    public void interrupt() {
      super.interrupt();
      UserThread told = running;
      if (told != null) {
        told.interrupted = true;
        told.onInterrupt.accept(told);
      }
    }
  }

  /** The process has crashed: its blocking calls never return. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("the simulated process has crashed", null, false, false);
    }
  }

  /** Whether a thread runs code of simulated users. */
  public static boolean isOne(Thread thread) {
    return thread.getName().equals(NAME);
  }

  /** The thread whose turn it is; null on the world's own. */
  public static @Nullable UserThread current() {
    return CURRENT.get();
  }

  /** Runs the code until it blocks for the first time, or ends. */
  public void start(Runnable code) {
    started = true;
    POOL.execute(() -> body(code));
    switchTo();
  }

  private void body(Runnable code) {
    turn.acquireUninterruptibly();
    CURRENT.set(this);
    InterruptibleThread here = (InterruptibleThread) Thread.currentThread();
    thread = here;
    here.running = this;
    try {
      code.run();
    } catch (Killed e) {
      // As it should.
    } catch (Throwable t) {
      failure = t;
    } finally {
      ended = true;
      here.running = null;
      CURRENT.remove();
      boolean unused = Thread.interrupted();
      back.release();
    }
  }

  private void switchTo() {
    turn.release();
    awaitTurn();
    if (failure != null) {
      Throwable thrown = failure;
      failure = null;
      throw new AssertionError("user code threw", thrown);
    }
  }

  /** Waits until the code gives the turn back, by waiting for the world or by its end. */
  private void awaitTurn() {
    if (patience.isZero()) {
      back.acquireUninterruptibly();
      return;
    }
    boolean interrupted = false;
    Duration stood = Duration.ZERO;
    while (true) {
      try {
        if (back.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
          break;
        }
        stood = isWaiting() ? stood.plus(LOOK) : Duration.ZERO;
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (stood.compareTo(patience) > 0) {
        abandon();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isWaiting() {
    Thread target = thread;
    return target != null && target.getState() != Thread.State.RUNNABLE;
  }

  private void abandon() {
    abandoned = true;
    ended = true;
    Thread target = Objects.requireNonNull(thread);
    AssertionError error =
        new AssertionError(
            "Code of a host has waited for "
                + patience.toSeconds()
                + " s of real time, while virtual time stands still until it goes on. On virtual"
                + " time, code may wait in blocking calls of the client, in LockTestbed.await and"
                + " in TestHost.sleep only; the trace shows where it waits");
    error.setStackTrace(target.getStackTrace());
    target.interrupt();
    throw error;
  }

  /** Whether it is this thread that runs while the world stands still. */
  boolean hasTurn() {
    return !abandoned;
  }

  /** Gives the turn back to the world until the world wakes this thread for the same reason. */
  void park(Object reason) {
    if (killed || abandoned) {
      throw new Killed();
    }
    awaited = reason;
    back.release();
    turn.acquireUninterruptibly();
    awaited = null;
    if (killed) {
      throw new Killed();
    }
  }

  /** Lets the code go on, if it waits for this. Called by the world. */
  void wake(Object reason) {
    if (!ended && awaited == reason) {
      switchTo();
    }
  }

  /** Lets the code go on if it waits and its thread has been interrupted. Called by the world. */
  void wakeInterrupted() {
    if (!ended && awaited != null && interrupted) {
      interrupted = false;
      switchTo();
    }
  }

  /** Interrupts the code, if it waits. Called by the world. */
  @Override
  public void interrupt() {
    Thread target = thread;
    if (!ended && awaited != null && target != null) {
      target.interrupt();
      switchTo();
    }
  }

  /** Ends the code wherever it is. Called by the world. */
  @Override
  public void kill() {
    killed = true;
    // On a machine that is paused it has not begun, and never will.
    ended |= !started;
    while (!ended) {
      switchTo();
    }
  }

  @Override
  public boolean isEnded() {
    return ended;
  }
}
