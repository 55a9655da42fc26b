package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.runtime.InterruptOnce;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Work on the caller's thread under a lock. Revocation interrupts it; its end releases the lock.
 */
final class LockedTaskRunner {
  private final DefaultHeldLock lock;
  private final InterruptOnce thread = new InterruptOnce();
  private final CompletableFuture<Void> done;

  private LockedTaskRunner(DefaultHeldLock lock) {
    this.lock = lock;
    this.done = lock.callbacks().workBegins(thread::interrupt);
    lock.handedOver();
  }

  static <T, E extends Exception> T run(DefaultHeldLock lock, LockClient.Task<T, E> task) throws E {
    LockedTaskRunner runner = new LockedTaskRunner(lock);
    T result;
    if (!lock.isHeld() && lock.revocation().isPresent()) {
      // The lock was lost before the work was registered: the item may be free already.
      runner.end(null);
    }
    try {
      result = task.call(lock);
    } catch (Throwable t) {
      runner.end(t);
      throw t;
    }
    runner.end(null);
    return result;
  }

  /** Releases the lock after the work has stopped, unless the lock was lost before. */
  private void end(@Nullable Throwable thrown) {
    thread.ended();
    done.complete(null);
    lock.close();
    Optional<Revocation> revocation = lock.revocation();
    if (revocation.isPresent()) {
      LockRevokedException revoked = new LockRevokedException(revocation.get());
      if (thrown != null) {
        revoked.addSuppressed(thrown);
      }
      throw revoked;
    }
  }
}
