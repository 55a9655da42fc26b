package io.github.batonlock.internal.runtime;

/** A request that blocks the thread that runs it until its answer comes. Any thread. */
public interface BlockingRequest extends Runnable {

  /** Whether it returns when its time limit has passed, also where no answer comes. */
  boolean returnsInTime();

  /** Makes the request fail soon, if it is under way and can be interrupted. */
  void interrupt();
}
