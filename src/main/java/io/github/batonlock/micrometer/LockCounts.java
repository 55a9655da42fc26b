package io.github.batonlock.micrometer;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many locks of one group are held and in jeopardy now, and how many callers wait. An end may
 * be counted before its beginning. Any thread.
 */
final class LockCounts {
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger inJeopardy = new AtomicInteger();

  void addHeld(int change) {
    held.addAndGet(change);
  }

  void addWaiting(int change) {
    waiting.addAndGet(change);
  }

  void addInJeopardy(int change) {
    inJeopardy.addAndGet(change);
  }

  int held() {
    return notNegative(held);
  }

  int waiting() {
    return notNegative(waiting);
  }

  int inJeopardy() {
    return notNegative(inJeopardy);
  }

  private static int notNegative(AtomicInteger count) {
    return Math.max(0, count.get());
  }
}
