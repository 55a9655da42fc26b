package io.github.batonlock.internal.runtime;

/** Whether something goes on that may end at any time. Any thread; costs next to nothing. */
@FunctionalInterface
public interface Liveness {

  /**
   * Asks.
   *
   * @return false once it has ended, for ever
   */
  boolean isAlive();

  /**
   * The life of a thread.
   *
   * @param thread the thread; one that has not been started counts as alive
   * @return asks it
   */
  static Liveness of(Thread thread) {
    return () -> thread.getState() != Thread.State.TERMINATED;
  }
}
