package io.github.batonlock.internal.callback;

import io.github.batonlock.LockListener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way from the loop to user code. User code runs on another thread, and its exceptions stay
 * there. An event has happened before user code is told of it.
 */
public final class CallbackDispatcher {
  private final Executor callbacks;
  private final @Nullable LockListener listener;
  private final Warnings warnings;
  private final AtomicInteger running = new AtomicInteger();
  private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
  private volatile Runnable onReturn = () -> {};

  /**
   * Creates the way to one client's user code.
   *
   * @param callbacks runs each task once, and never throws
   * @param listener the user's, or null
   * @param warnings told what user code throws, and what no user code hears
   */
  public CallbackDispatcher(
      Executor callbacks, @Nullable LockListener listener, Warnings warnings) {
    this.callbacks = callbacks;
    this.listener = listener;
    this.warnings = warnings;
  }

  /**
   * Runs user code.
   *
   * @param what for the log, with the lock's key
   * @param userCode what to run
   * @return done when it has returned or thrown; never fails
   */
  public CompletableFuture<Void> run(String what, Runnable userCode) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    running.incrementAndGet();
    callbacks.execute(
        () -> {
          boolean wasInside = inside.get();
          inside.set(true);
          try {
            userCode.run();
          } catch (Throwable t) {
            warnings.threw(what, t);
          } finally {
            restore(wasInside);
            running.decrementAndGet();
            done.complete(null);
            onReturn.run();
          }
        });
    return done;
  }

  private void restore(boolean wasInside) {
    if (!wasInside) {
      inside.remove();
    }
  }

  /** The executor for the dependent stages of the user's futures. */
  public Executor executor() {
    return task -> {
      CompletableFuture<Void> unused = run("completion of a future", task);
    };
  }

  /** How many calls of user code run, or are about to. Any thread. */
  public int running() {
    return running.get();
  }

  /** Whether the calling thread is running user code of this client now. */
  public boolean isInside() {
    return inside.get();
  }

  /** Sets the action to run whenever user code has returned; on the thread that ran it. */
  public void onReturn(Runnable action) {
    onReturn = action;
  }

  /**
   * A future for the user. Its dependent stages run on the callback executor, and completing or
   * cancelling it changes nothing inside.
   */
  public <T> CompletableFuture<T> forUser(CompletableFuture<T> internal) {
    return internal.whenCompleteAsync((value, failure) -> {}, executor());
  }

  /** The lines that the client logs. */
  public Warnings warnings() {
    return warnings;
  }

  public boolean hasListener() {
    return listener != null;
  }

  /** Tells the listener, if there is one. */
  public void tell(Consumer<LockListener> event) {
    LockListener told = listener;
    if (told != null) {
      CompletableFuture<Void> unused = run("lock listener", () -> event.accept(told));
    }
  }
}
