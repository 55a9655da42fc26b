package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockWatch;
import io.micrometer.observation.Observation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A client whose acquisitions and holds are observed. Any thread. */
final class ObservedLockClient implements LockClient {
  private final LockClient client;
  private final LockObserver observer;

  ObservedLockClient(LockClient client, LockObserver observer) {
    this.client = client;
    this.observer = observer;
  }

  /** A call that waits for a lock. */
  private interface Call<T, E extends Exception> {
    T run() throws E, InterruptedException;
  }

  /** Runs a call; its failure before the lock was acquired is that of the acquisition. */
  private static <T, E extends Exception> T observed(
      ObservedAcquisition acquisition, Call<T, E> call) throws E, InterruptedException {
    try {
      return call.run();
    } catch (Throwable t) {
      acquisition.failed(t);
      throw t;
    }
  }

  @Override
  public HeldLock acquire(LockRequest request) throws InterruptedException {
    ObservedAcquisition acquisition = observer.acquisition(request);
    return observed(acquisition, () -> acquisition.heldLock(client.acquire(request)));
  }

  @Override
  public Optional<HeldLock> tryAcquire(LockRequest request) throws InterruptedException {
    ObservedAcquisition acquisition = observer.acquisition(request);
    return observed(acquisition, () -> result(acquisition, client.tryAcquire(request)));
  }

  private static Optional<HeldLock> result(
      ObservedAcquisition acquisition, Optional<HeldLock> lock) {
    if (lock.isEmpty()) {
      acquisition.notAcquired();
    }
    return lock.map(acquisition::heldLock);
  }

  @Override
  public CompletableFuture<HeldLock> acquireAsync(LockRequest request) {
    ObservedAcquisition acquisition = observer.acquisition(request);
    return observed(
        acquisition, () -> client.acquireAsync(request), acquisition::heldLock, Optional::of);
  }

  @Override
  public CompletableFuture<Optional<HeldLock>> tryAcquireAsync(LockRequest request) {
    ObservedAcquisition acquisition = observer.acquisition(request);
    return observed(
        acquisition,
        () -> client.tryAcquireAsync(request),
        lock -> result(acquisition, lock),
        lock -> lock);
  }

  /**
   * An asynchronous acquisition. Completing the user's future in any other way ends it; a lock that
   * comes after that is closed.
   */
  private static <T> CompletableFuture<T> observed(
      ObservedAcquisition acquisition,
      Call<CompletableFuture<T>, RuntimeException> call,
      Function<T, T> onResult,
      Function<T, Optional<HeldLock>> lockOf) {
    CompletableFuture<T> inner = begun(acquisition, call);
    CompletableFuture<T> forUser = new CompletableFuture<>();
    var unused =
        inner.whenComplete(
            (value, failure) -> {
              if (failure != null) {
                acquisition.failed(failure);
                forUser.completeExceptionally(failure);
                return;
              }
              hand(forUser, () -> onResult.apply(value), lockOf);
            });
    var unusedToo = forUser.whenComplete((value, failure) -> inner.cancel(false));
    return forUser;
  }

  private static <T> void hand(
      CompletableFuture<T> forUser, Supplier<T> value, Function<T, Optional<HeldLock>> lockOf) {
    try {
      T result = value.get();
      if (!forUser.complete(result)) {
        var unused = lockOf.apply(result).map(HeldLock::closeAsync);
      }
    } catch (RuntimeException | Error e) {
      forUser.completeExceptionally(e);
    }
  }

  private static <T> CompletableFuture<T> begun(
      ObservedAcquisition acquisition, Call<CompletableFuture<T>, RuntimeException> call) {
    try {
      return call.run();
    } catch (RuntimeException e) {
      acquisition.failed(e);
      throw e;
    } catch (InterruptedException e) {
      throw new IllegalStateException("an asynchronous call waits for nothing", e);
    }
  }

  @Override
  public <T, E extends Exception> T callLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException {
    ObservedTask<T, E> observed = new ObservedTask<>(observer.acquisition(request), task);
    return observed.end(() -> client.callLocked(request, observed));
  }

  @Override
  public <T, E extends Exception> Optional<T> tryCallLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException {
    ObservedTask<T, E> observed = new ObservedTask<>(observer.acquisition(request), task);
    return observed.end(() -> client.tryCallLocked(request, observed));
  }

  /** Work under a lock, in the scope of its hold. */
  private static final class ObservedTask<T, E extends Exception> implements Task<T, E> {
    private final ObservedAcquisition acquisition;
    private final Task<T, E> task;
    private final AtomicReference<@Nullable ObservedHold> hold = new AtomicReference<>();

    ObservedTask(ObservedAcquisition acquisition, Task<T, E> task) {
      this.acquisition = acquisition;
      this.task = task;
    }

    @Override
    public T call(HeldLock lock) throws E {
      ObservedHold current = acquisition.acquired(lock);
      hold.set(current);
      Observation.Scope scope = current.openScope();
      try {
        return task.call(new ObservedHeldLock(lock, current));
      } finally {
        scope.close();
      }
    }

    /** Runs the whole call, and ends what it has begun. */
    <R> R end(Call<R, E> call) throws E, InterruptedException {
      try {
        return observed(acquisition, call);
      } catch (LockRevokedException e) {
        ended(e);
        throw e;
      } finally {
        ended(null);
      }
    }

    private void ended(@Nullable LockRevokedException lost) {
      ObservedHold current = hold.get();
      if (current == null) {
        acquisition.notAcquired();
      } else if (lost != null && lost.revocation() != null) {
        current.revoked(lost.revocation());
      } else {
        current.released();
      }
    }
  }

  @Override
  public Optional<LockInfo> inspect(LockKey key) {
    return client.inspect(key);
  }

  @Override
  public CompletableFuture<Optional<LockInfo>> inspectAsync(LockKey key) {
    return client.inspectAsync(key);
  }

  @Override
  public Stream<LockInfo> listLocks() {
    return client.listLocks();
  }

  @Override
  public LockWatch watch(LockKey key, Consumer<? super LockWatch.State> listener) {
    return client.watch(key, listener);
  }

  @Override
  public Optional<LockInfo> requestRelease(LockKey key, String reason, Duration gracePeriod) {
    return client.requestRelease(key, reason, gracePeriod);
  }

  @Override
  public CompletableFuture<Optional<LockInfo>> requestReleaseAsync(
      LockKey key, String reason, Duration gracePeriod) {
    return client.requestReleaseAsync(key, reason, gracePeriod);
  }

  @Override
  public String ownerName() {
    return client.ownerName();
  }

  @Override
  public RecipeHost recipeHost() {
    return client.recipeHost();
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return client.toString();
  }
}
