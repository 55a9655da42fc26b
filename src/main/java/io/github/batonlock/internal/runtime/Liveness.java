package io.github.batonlock.internal.runtime;

/**
 * The state of something that goes on and may end at any time. Any thread; costs next to nothing.
 */
@FunctionalInterface
public interface Liveness {

  /**
   * Whether it still goes on.
   *
   * @return false once it has ended; it never becomes true again
   */
  boolean isAlive();

  /**
   * The life of a thread.
   *
   * @param thread the thread; one that has not been started counts as alive
   * @return the liveness of that thread
   */
  static Liveness of(Thread thread) {
    return () -> thread.getState() != Thread.State.TERMINATED;
  }
}
