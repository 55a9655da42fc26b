package io.github.batonlock.internal.hold;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.runtime.Platform;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way between the holds of one client and their users: calls that wait, callbacks, and
 * listeners. The user of a session's hold is the session. Any thread.
 */
public final class HoldUsers {
  private final Platform platform;
  private final PendingCalls calls;
  private final CallbackDispatcher callbacks;
  private final SessionEvents sessions;

  public HoldUsers(
      Platform platform, PendingCalls calls, CallbackDispatcher callbacks, SessionEvents sessions) {
    this.platform = platform;
    this.calls = calls;
    this.callbacks = callbacks;
    this.sessions = sessions;
  }

  /** Begins a call, and blocks the calling thread until its future is done. */
  void await(Supplier<CompletableFuture<Void>> call) throws InterruptedException {
    Void unused = platform.await(platform.begin(call));
  }

  /** Begins a call, and blocks the calling thread through interrupts until its future is done. */
  void awaitUninterruptibly(Supplier<CompletableFuture<Void>> call) {
    Void unused = platform.awaitUninterruptibly(platform.begin(call));
  }

  /** The future for a user, of a call that is over when the internal future is done. */
  CompletableFuture<Void> forUser(CompletableFuture<Void> internal) {
    return callbacks.forUser(internal);
  }

  /** Makes sure that a call ends when the client does. */
  void untilClosed(CompletableFuture<Void> call, Runnable atClose) {
    calls.track(call, atClose);
  }

  RevocationCallbacks callbacks(HeldLock lock) {
    return new RevocationCallbacks(callbacks, lock);
  }

  /** Tells the listener of a hold: the client's listener, or the session whose lease it is. */
  void tell(LockKey key, Consumer<LockListener> event) {
    if (SessionKey.isSession(key)) {
      sessions.tell(key, event);
    } else {
      callbacks.tell(event);
    }
  }

  /** Tells the user of a hold that its release is not confirmed. On the loop. */
  void releaseUnconfirmed(HeldLock lock, LockException problem) {
    if (SessionKey.isSession(lock.key())) {
      sessions.releaseUnconfirmed(lock.key(), problem);
    } else {
      callbacks.tell(listener -> listener.releaseUnconfirmed(lock, problem));
    }
  }

  /** The lines that the client logs. */
  Warnings warnings() {
    return callbacks.warnings();
  }

  /** Tells a session the release requests that its heartbeat has brought back. On the loop. */
  void asked(LockKey session, List<AskedRelease> asked) {
    sessions.asked(session, asked);
  }
}
