package io.github.batonlock.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** Waiting of the user's threads for futures of the loop. */
public final class Blocking {
  private Blocking() {}

  /**
   * Waits, and gives up on an interrupt.
   *
   * @param <T> the result
   * @param future what to wait for
   * @return the result
   * @throws InterruptedException if interrupted first
   */
  static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    // A future that is done returns without looking at the interrupt.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw onCallersStack(e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * A wait that an interrupt can end.
   *
   * @param <T> the result
   */
  @FunctionalInterface
  public interface Wait<T> {
    /**
     * Waits.
     *
     * @return what was waited for
     * @throws InterruptedException if interrupted first
     */
    T get() throws InterruptedException;
  }

  /**
   * Waits through interrupts, which are kept for the caller.
   *
   * @param <T> the result
   * @param wait begun again after each interrupt
   * @return the result
   */
  public static <T> T throughInterrupts(Wait<T> wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return wait.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The failure of a future, made on another thread, with a trace of where it surfaces. */
  private static RuntimeException onCallersStack(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      // Should it be thrown to several callers, it does not grow with each of them.
      if (Stream.of(e.getSuppressed()).noneMatch(Waited.class::isInstance)) {
        e.addSuppressed(new Waited());
      }
      return e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return new CompletionException(failure);
  }

  /** Marks the place from which the caller waited. */
  private static final class Waited extends Exception {
    private static final long serialVersionUID = 1L;

    Waited() {
      super("the caller waited here");
    }
  }
}
