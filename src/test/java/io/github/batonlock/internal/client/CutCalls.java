package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.acquire.Acquisition;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The blocking calls of a client, cut in two where they block: a caller without a thread of its own
 * makes the first half, and the second one when the future between them is complete. The code of
 * both halves is the client's.
 */
public final class CutCalls {
  private final DefaultLockClient client;

  private CutCalls(DefaultLockClient client) {
    this.client = client;
  }

  /** The calls of a client that {@link DefaultLockClient} has started. */
  public static CutCalls of(LockClient client) {
    return new CutCalls((DefaultLockClient) client);
  }

  /** {@link LockClient#acquire(LockRequest)} or {@link LockClient#callLocked}, until it blocks. */
  public Acquiring acquire(LockRequest request) {
    return new Acquiring(client.begin(request, false));
  }

  /** {@link LockClient#tryAcquire(LockRequest)}, until it blocks. */
  public Acquiring tryAcquire(LockRequest request) {
    return new Acquiring(client.begin(request, true));
  }

  /** {@link LockClient#close()}; complete when that would return. */
  public CompletableFuture<Void> close() {
    return client.startToClose() ? client.terminated() : CompletableFuture.completedFuture(null);
  }

  /** An acquisition that a caller waits for. */
  public final class Acquiring {
    private final Acquisition acquisition;

    private Acquiring(Acquisition acquisition) {
      this.acquisition = acquisition;
    }

    /** What the call waits for. */
    public CompletableFuture<?> result() {
      return acquisition.result();
    }

    /**
     * The second half of {@code acquire} and {@code tryAcquire}: what they return or throw, once
     * there is a result, or when the calling thread is interrupted.
     */
    public Optional<HeldLock> finish() throws InterruptedException {
      return client.obtained(acquisition).map(DefaultHeldLock::handedOver);
    }

    /** The second half of {@code callLocked}, until its work begins. */
    public GuardedCall finishGuarded() throws InterruptedException {
      return new GuardedCall(client.obtained(acquisition).orElseThrow());
    }
  }

  /**
   * Work under a lock as {@link LockedTaskRunner} does it, except that no thread is interrupted.
   */
  public static final class GuardedCall {
    private final DefaultHeldLock lock;
    private final CompletableFuture<Void> workDone;

    private GuardedCall(DefaultHeldLock lock) {
      this.lock = lock;
      this.workDone = lock.callbacks().workBegins(() -> {});
      lock.handedOver();
    }

    /** The lock. */
    public HeldLock lock() {
      return lock;
    }

    /** Whether the lock is lost before its work can begin. */
    public boolean isLost() {
      return !lock.isHeld() && lock.revocation().isPresent();
    }

    /** The work has ended. Completes when the call would return, and fails where it would throw. */
    public CompletableFuture<Void> end() {
      workDone.complete(null);
      return lock.closeAsync().thenRun(this::throwIfRevoked);
    }

    private void throwIfRevoked() {
      lock.revocation()
          .ifPresent(
              revocation -> {
                throw new LockRevokedException(revocation);
              });
    }
  }
}
