package io.github.batonlock.internal.runtime;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A machine at its limit of threads: as many can be made as are allowed. */
final class Scarce {
  private final AtomicInteger left;

  private Scarce(int left) {
    this.left = new AtomicInteger(left);
  }

  /** Allows so many threads, now and in the end. */
  static UnaryOperator<ThreadFactory> threads(int count) {
    return of(count)::limit;
  }

  /** Allows so many threads for now. */
  static Scarce of(int count) {
    return new Scarce(count);
  }

  /** Allows more. */
  void allow(int more) {
    left.addAndGet(more);
  }

  ThreadFactory limit(ThreadFactory unlimited) {
    return task -> {
      if (left.getAndDecrement() <= 0) {
        left.incrementAndGet();
        throw new OutOfMemoryError("unable to create native thread");
      }
      return unlimited.newThread(task);
    };
  }
}
