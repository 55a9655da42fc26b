package io.github.batonlock.internal.virtual;

/** User code of one process that may be in the middle of a blocking call. */
public interface Blocked {
  /** Interrupts the code, if it waits. */
  void interrupt();

  /** The process has crashed: the code never goes on. */
  void kill();

  /** Whether the code has come to its end. */
  boolean isEnded();
}
