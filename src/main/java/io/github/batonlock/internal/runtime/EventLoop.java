package io.github.batonlock.internal.runtime;

/**
 * A loop that runs tasks one at a time, with timers and the clock that times them.
 *
 * <p>Tasks run one at a time, in the order they became due. An exception of a task is logged and
 * does not stop the loop. All methods may be called by any thread.
 */
public interface EventLoop extends Clock {

  /**
   * Runs a task soon.
   *
   * @param task what to run
   * @return false if the loop has been shut down and will not run it
   * @throws StackOverflowError before anything has changed, if the calling thread's stack has too
   *     little room
   */
  boolean execute(Runnable task);

  /**
   * Runs a task soon, on the calling thread if that is one of the loop's own: the caller is about
   * to return, and does nothing that others could wait for.
   *
   * @param task what to run
   * @return false if the loop has been shut down and will not run it
   */
  default boolean executeLast(Runnable task) {
    return execute(task);
  }

  /**
   * Runs a task later.
   *
   * @param delayNanos from now, on the monotonic clock; at once if not positive
   * @param task what to run
   * @return cancels it
   */
  Timer schedule(long delayNanos, Runnable task);

  /**
   * Whether the calling thread runs a task of this loop, and so may use the loop's state.
   *
   * @return true inside a task
   */
  boolean isCurrent();

  /** Ends the loop; tasks and timers that have not started never run. */
  void shutdown();

  /** A task that was scheduled. */
  interface Timer {
    /** Keeps the task from running, if it has not started. */
    void cancel();
  }
}
