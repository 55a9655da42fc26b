package io.github.batonlock.internal.runtime;

/** The lifetime of something that may end at any time. Any thread; costs next to nothing. */
@FunctionalInterface
public interface Lifetime {

  /**
   * Whether it lasts.
   *
   * @return false once it has ended; it never becomes true again
   */
  boolean isAlive();

  /**
   * The lifetime of a thread.
   *
   * @param thread the thread; one that has not been started counts as alive
   * @return the lifetime of that thread
   */
  static Lifetime of(Thread thread) {
    return () -> thread.getState() != Thread.State.TERMINATED;
  }
}
