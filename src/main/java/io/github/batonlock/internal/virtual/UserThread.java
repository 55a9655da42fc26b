package io.github.batonlock.internal.virtual;

import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
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
            Thread thread = new Thread(task, NAME);
            thread.setDaemon(true);
            return thread;
          });

  private final Semaphore turn = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  private @Nullable Thread thread;
  private @Nullable Object awaited;
  private @Nullable Throwable failure;
  private boolean started;
  private boolean killed;
  private boolean ended;

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
    thread = Thread.currentThread();
    try {
      code.run();
    } catch (Killed e) {
      // As it should.
    } catch (Throwable t) {
      failure = t;
    } finally {
      ended = true;
      CURRENT.remove();
      boolean unused = Thread.interrupted();
      back.release();
    }
  }

  private void switchTo() {
    turn.release();
    back.acquireUninterruptibly();
    if (failure != null) {
      Throwable thrown = failure;
      failure = null;
      throw new AssertionError("user code threw", thrown);
    }
  }

  /** Gives the turn back to the world until the world wakes this thread for the same reason. */
  void park(Object reason) {
    if (killed) {
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
