package io.github.batonlock.internal.runtime;

/** A daemon thread that was made for one task. Any thread may use it. */
public interface OwnThread {
  /** Interrupts the task, if it runs. */
  void interrupt();

  /**
   * Whether the task makes this call.
   *
   * @return true on the thread itself
   */
  boolean isCurrent();
}
