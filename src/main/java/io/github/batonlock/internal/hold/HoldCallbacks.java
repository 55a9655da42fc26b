package io.github.batonlock.internal.hold;

import io.github.batonlock.HeldLock;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The callbacks for events of one lock while it is held: renewals fail for long, renewals succeed
 * again, and requests to release the lock. Any thread; no user code runs inside.
 */
final class HoldCallbacks {
  private final CallbackDispatcher callbacks;
  private final HeldLock lock;

  @GuardedBy("this")
  private final List<Consumer<? super HeldLock>> onJeopardy = new ArrayList<>();

  @GuardedBy("this")
  private final List<Consumer<? super HeldLock>> onSafe = new ArrayList<>();

  @GuardedBy("this")
  private boolean inJeopardy;

  @GuardedBy("this")
  private final List<Consumer<? super ReleaseRequest>> onRequest = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable AskedRelease lastAsked;

  HoldCallbacks(CallbackDispatcher callbacks, HeldLock lock) {
    this.callbacks = callbacks;
    this.lock = lock;
  }

  /** Adds a callback. It is also told if the lock is in jeopardy now. */
  synchronized void onJeopardy(Consumer<? super HeldLock> callback) {
    onJeopardy.add(callback);
    if (inJeopardy) {
      tell("jeopardy", callback);
    }
  }

  synchronized void onSafe(Consumer<? super HeldLock> callback) {
    onSafe.add(callback);
  }

  /** Tells the callbacks that renewals have failed for long, or that renewals succeed again. */
  synchronized void jeopardy(boolean begins) {
    inJeopardy = begins;
    String what = begins ? "jeopardy" : "safe";
    (begins ? onJeopardy : onSafe).forEach(callback -> tell(what, callback));
  }

  synchronized boolean isInJeopardy() {
    return inJeopardy;
  }

  private void tell(String what, Consumer<? super HeldLock> callback) {
    CompletableFuture<Void> unused =
        callbacks.run(what + " callback of lock '" + lock.key() + "'", () -> callback.accept(lock));
  }

  /** Adds a callback. It is also told of a request that came before. */
  synchronized void onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
    onRequest.add(callback);
    AskedRelease known = lastAsked;
    if (known != null) {
      tell(callback, known);
    }
  }

  /** A heartbeat has brought back this request, perhaps not for the first time. */
  synchronized void asked(AskedRelease asked) {
    boolean isNew = lastAsked == null || !lastAsked.id().equals(asked.id());
    if (isNew && asked.token() == lock.fencingToken()) {
      lastAsked = asked;
      onRequest.forEach(callback -> tell(callback, asked));
    }
  }

  private void tell(Consumer<? super ReleaseRequest> callback, AskedRelease asked) {
    ReleaseRequest request =
        new ReleaseRequest(lock.key(), asked.askedBy(), asked.reason(), asked.gracePeriod());
    CompletableFuture<Void> unused =
        callbacks.run(
            "callback for release requests of lock '" + lock.key() + "'",
            () -> callback.accept(request));
  }
}
