package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.internal.callback.Notices;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is told what happens to one lock while it is held: renewals that fail for long, and that all
 * is well again, and requests to release it. Any thread; no user code runs inside.
 */
final class HoldCallbacks {
  private final Notices notices;
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

  HoldCallbacks(Notices notices, HeldLock lock) {
    this.notices = notices;
    this.lock = lock;
  }

  /** Also told of the jeopardy that there is now. */
  synchronized void onJeopardy(Consumer<? super HeldLock> callback) {
    onJeopardy.add(callback);
    if (inJeopardy) {
      tell("jeopardy", callback);
    }
  }

  synchronized void onSafe(Consumer<? super HeldLock> callback) {
    onSafe.add(callback);
  }

  /** Tells those who want to know that renewals have failed for long, or that all is well again. */
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
        notices.run(what + " callback of lock '" + lock.key() + "'", () -> callback.accept(lock));
  }

  /** Also told what was asked before. */
  synchronized void onReleaseRequested(Consumer<? super ReleaseRequest> callback) {
    onRequest.add(callback);
    AskedRelease known = lastAsked;
    if (known != null) {
      tell(callback, known);
    }
  }

  /** A heartbeat has brought this back, perhaps not for the first time. */
  synchronized void asked(AskedRelease asked) {
    boolean isNew = lastAsked == null || !lastAsked.id().equals(asked.id());
    if (isNew && asked.token() == lock.fencingToken()) {
      lastAsked = asked;
      onRequest.forEach(callback -> tell(callback, asked));
    }
  }

  private void tell(Consumer<? super ReleaseRequest> callback, AskedRelease asked) {
    ReleaseRequest request =
        new ReleaseRequest(lock.key(), asked.askedBy(), asked.reason(), asked.deadline());
    CompletableFuture<Void> unused =
        notices.run(
            "callback for release requests of lock '" + lock.key() + "'",
            () -> callback.accept(request));
  }
}
