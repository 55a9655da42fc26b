package io.github.batonlock.internal.time;

/**
 * A thread that does guarded work, and may be told once to stop.
 *
 * <p>The interrupt arrives while the work runs, or never: not in what the thread does later.
 */
public final class WorkThread {
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
      thread.interrupt();
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
