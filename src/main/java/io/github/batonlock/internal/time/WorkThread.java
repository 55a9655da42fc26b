package io.github.batonlock.internal.time;

/**
 * A thread that does guarded work, and may be told once to stop.
 *
 * <p>The interrupt arrives while the work runs, or never: not in what the thread does later.
 */
public final class WorkThread {
  private final Thread thread = Thread.currentThread();
  private boolean working = true;
  private boolean interrupted;

  /** Interrupts the work, unless it has ended. Any thread. */
  public synchronized void interrupt() {
    if (working && !interrupted) {
      interrupted = true;
      thread.interrupt();
    }
  }

  /**
   * Says that the work has ended, and takes back an interrupt of ours that it did not consume.
   * Called by the work's own thread.
   */
  public synchronized void ended() {
    working = false;
    if (interrupted) {
      boolean unused = Thread.interrupted();
    }
  }
}
