package io.github.batonlock.internal.client;

import io.github.batonlock.LockClient;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.WorkThread;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Work on the caller's thread under a lock: interrupted on revocation, released when it is done.
 */
final class GuardedWork {
  private final DefaultHeldLock lock;
  private final WorkThread thread = new WorkThread();
  private final CompletableFuture<Void> done;

  private GuardedWork(DefaultHeldLock lock) {
    this.lock = lock;
    this.done = lock.callbacks().workBegins(thread::interrupt);
    lock.handedOver();
  }

  static <T, E extends Exception> T run(DefaultHeldLock lock, LockClient.Task<T, E> task) throws E {
    GuardedWork work = new GuardedWork(lock);
    T result;
    if (!lock.isHeld() && lock.revocation().isPresent()) {
      // Lost before it was known that there would be work: the item may be free already.
      work.end(null);
    }
    try {
      result = task.call(lock);
    } catch (Throwable t) {
      work.end(t);
      throw t;
    }
    work.end(null);
    return result;
  }

  /** Releases the lock, now that the work has stopped, unless it was lost before. */
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
