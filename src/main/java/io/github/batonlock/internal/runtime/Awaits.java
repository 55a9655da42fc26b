package io.github.batonlock.internal.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The wait of the user's threads for futures of the loop. */
public final class Awaits {
  private Awaits() {}

  /**
   * Waits, and gives up on an interrupt.
   *
   * @param <T> the result
   * @param future the future to wait for
   * @return the result
   * @throws InterruptedException if interrupted first
   */
  static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    // A future that is done returns without a check of the interrupt.
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
     * @return the result
     * @throws InterruptedException if interrupted first
     */
    T get() throws InterruptedException;
  }

  /**
   * Waits through interrupts. The interrupt status is kept for the caller.
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

  /**
   * The failure of a future, which was made on another thread, with a trace of the caller's thread.
   */
  private static RuntimeException onCallersStack(Throwable failure) {
    if (failure instanceof RuntimeException e) {
      // If it is thrown to several callers, it does not grow with each of them.
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

  /** A marker of the place at which the caller waited. */
  private static final class Waited extends Exception {
    private static final long serialVersionUID = 1L;

    Waited() {
      super("the caller waited here");
    }
  }
}
