package io.github.batonlock.internal.hold;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks for one hold's revocation. Each is called once, and none before the acquisition has
 * returned the lock. Any thread; no user code runs inside.
 */
public final class RevocationCallbacks {
  private final CallbackDispatcher callbacks;
  private final HeldLock lock;

  @GuardedBy("this")
  private final List<Consumer<? super Revocation>> waiting = new ArrayList<>();

  @GuardedBy("this")
  private final List<Runnable> internal = new ArrayList<>();

  @GuardedBy("this")
  private final List<CompletableFuture<Void>> running = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable HoldCallbacks whileHeld;

  @GuardedBy("this")
  private @Nullable CompletableFuture<Void> work;

  @GuardedBy("this")
  private @Nullable Revocation revocation;

  @GuardedBy("this")
  private boolean enabled;

  RevocationCallbacks(CallbackDispatcher callbacks, HeldLock lock) {
    this.callbacks = callbacks;
    this.lock = lock;
  }

  synchronized void add(Consumer<? super Revocation> callback) {
    waiting.add(callback);
    runIfDue();
  }

  /**
   * Adds a callback that runs on the revoking thread. For internal code that neither blocks nor
   * throws.
   */
  synchronized void addInternal(Runnable callback) {
    internal.add(callback);
    if (revocation != null) {
      callback.run();
    }
  }

  synchronized void enable() {
    enabled = true;
    runIfDue();
  }

  synchronized void revoked(Revocation what) {
    if (!isHeard(what)) {
      callbacks.warnings().lostUnheard(what);
    }
    revocation = what;
    internal.forEach(Runnable::run);
    runIfDue();
  }

  /** Whether user code or internal code hears of this loss, or it is no loss to the user. */
  private boolean isHeard(Revocation what) {
    return what.reason() == Revocation.Reason.CLIENT_CLOSED
        || !(waiting.isEmpty() && running.isEmpty() && internal.isEmpty())
        || callbacks.hasListener()
        || SessionKey.isSession(what.key());
  }

  /** The callbacks for events before the end. Created on first use, since most locks have none. */
  synchronized HoldCallbacks whileHeld() {
    if (whileHeld == null) {
      whileHeld = new HoldCallbacks(callbacks, lock);
    }
    return whileHeld;
  }

  /** Renewals have failed for long, or succeed again. */
  synchronized void jeopardy(boolean begins) {
    if (begins || whileHeld != null) {
      whileHeld().jeopardy(begins);
    }
  }

  public synchronized boolean isInJeopardy() {
    return whileHeld != null && whileHeld.isInJeopardy();
  }

  /** Work of {@code callLocked} begins. The lock must not be released while it runs. */
  public synchronized CompletableFuture<Void> workBegins(Runnable interrupt) {
    CompletableFuture<Void> ends = new CompletableFuture<>();
    work = ends;
    addInternal(interrupt);
    return ends;
  }

  /** Done when no work of {@code callLocked} is running. */
  public synchronized CompletableFuture<Void> workDone() {
    CompletableFuture<Void> current = work;
    return current == null ? CompletableFuture.completedFuture(null) : current;
  }

  /** Done when all callbacks that were started so far have returned. */
  public synchronized CompletableFuture<Void> done() {
    return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
  }

  private void runIfDue() {
    Revocation what = revocation;
    if (what == null || !enabled) {
      return;
    }
    for (Consumer<? super Revocation> callback : waiting) {
      running.add(
          callbacks.run(
              "revocation callback of lock '" + lock.key() + "'", () -> callback.accept(what)));
    }
    waiting.clear();
  }
}
