package io.github.batonlock.samples.benchmark.contender;

/** A lock that a contender holds. */
public interface Held {

  /** Whether the contender says that the lock is still held. */
  boolean isHeld();

  /** Releases the lock; returns when that is done. */
  void release() throws Exception;
}
