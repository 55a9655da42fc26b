package io.github.batonlock.support;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** How a caller ends a future that it was given, where it does not want the result any more. */
public enum GoneCaller {
  /** By {@code cancel}. */
  CANCELS {
    @Override
    public void leaves(CompletableFuture<?> future) {
      future.cancel(false);
    }
  },
  /** By {@code complete}, or {@code completeOnTimeout}, with a value for none. */
  COMPLETES {
    @Override
    public void leaves(CompletableFuture<?> future) {
      future.complete(null);
    }
  },
  /** By {@code orTimeout}. */
  TIMES_OUT {
    @Override
    public void leaves(CompletableFuture<?> future) {
      future.completeExceptionally(new TimeoutException());
    }
  },
  /** By {@code completeExceptionally}. */
  FAILS {
    @Override
    public void leaves(CompletableFuture<?> future) {
      future.completeExceptionally(new AssertionError("the caller's own error"));
    }
  };

  /** Ends it, if it has not ended. */
  public abstract void leaves(CompletableFuture<?> future);
}
