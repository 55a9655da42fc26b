package io.github.batonlock.internal.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that does guarded work, and may be told once to stop.
 *
 * <p>The interrupt arrives while the work runs, or never: not in what the thread does later.
 */
public final class InterruptOnce {
  private static final Logger log = LoggerFactory.getLogger(InterruptOnce.class);

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
      // There is only one interrupt flag, and an interrupt from other code must not be cleared.
      mayTakeBack = !thread.isInterrupted();
      interruptThread();
    }
  }

  /**
   * Interrupts the thread. Its class may be the user's, and may do anything in its interrupt
   * method.
   */
  private void interruptThread() {
    try {
      thread.interrupt();
    } catch (Throwable t) {
      SafeLog.warn(log, "A thread threw when its work was interrupted: its lock is lost", t);
    }
  }

  /**
   * Reports that the work has ended, and clears an interrupt of this class that the work did not
   * consume. Another thread than the work's own clears nothing.
   */
  public synchronized void ended() {
    working = false;
    if (mayTakeBack && Thread.currentThread() == thread) {
      boolean unused = Thread.interrupted();
    }
  }
}
