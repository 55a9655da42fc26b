package io.github.batonlock.internal.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does guarded work, and may be told once to stop.
 *
 * <p>The interrupt arrives while the work runs, or never: not in what the thread does later.
 */
public final class WorkThread {
  private static final Logger log = LoggerFactory.getLogger(WorkThread.class);

  private final Thread thread = Thread.currentThread();

  @GuardedBy("this")
  private boolean working = true;

  @GuardedBy("this")
  private boolean told;

  @GuardedBy("this")
  private boolean mayTakeBack;

  /** Interrupts the work, unless it has ended. Any thread. */
  public synchronized void interrupt() {
    if (working && !told) {
      told = true;
      // One flag carries both, but somebody else's interrupt is not ours to take back.
      mayTakeBack = !thread.isInterrupted();
      interruptThread();
    }
  }

  /** A thread's class is the user's, and may do anything in an interrupt of its own. */
  private void interruptThread() {
    try {
      thread.interrupt();
    } catch (Throwable t) {
      SafeLog.warn(log, "A thread threw when its work was interrupted: its lock is lost", t);
    }
  }

  /**
   * Says that the work has ended, and takes back an interrupt of ours that it did not consume.
   * Called by the work's own thread.
   */
  public synchronized void ended() {
    working = false;
    if (mayTakeBack) {
      boolean unused = Thread.interrupted();
    }
  }
}
