package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.acquire.AcquireSpec;
import io.github.batonlock.internal.acquire.TransactionalAcquisition;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.callback.SerialExecutor;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.observe.PollSchedule;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.OwnThread;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The services that a recipe, or the part for a framework, needs of its client besides the public
 * API: timers, and executors that run one task at a time. Any thread.
 */
public final class RecipeSupport implements LockClient.RecipeHost {
  private final Core core;
  private final BooleanSupplier closed;

  RecipeSupport(Core core, BooleanSupplier closed) {
    this.core = core;
    this.closed = closed;
  }

  /**
   * The support of a client.
   *
   * @param client made by {@link LockClient#builder}, or a wrapper of such a client
   * @return its support
   * @throws IllegalArgumentException if the client has a host that Baton did not make, or none
   */
  public static RecipeSupport of(LockClient client) {
    // A mock returns null, whatever the annotations say.
    LockClient.@Nullable RecipeHost host = client.recipeHost();
    if (host instanceof RecipeSupport support) {
      return support;
    }
    throw new IllegalArgumentException(
        "A recipe needs the recipeHost() of a client that LockClient.builder made, but that of "
            + client.getClass().getName()
            + " is "
            + (host == null ? "null" : "a " + host.getClass().getName())
            + "; a class that wraps a LockClient returns the recipeHost() of the client that it"
            + " wraps, and a test takes a real client on DynamoDB Local instead of a mock");
  }

  /**
   * Checks a request against the client's configuration, as acquiring does.
   *
   * @param request which lock, and how
   * @throws IllegalArgumentException if a value does not fit; the message names it
   */
  public void check(LockRequest request) {
    var unused = AcquireSpec.of(request, core.config);
  }

  /**
   * How long an acquisition waits whose request does not say how long.
   *
   * @param request which lock, and how; without a waiting time
   * @return two leases
   * @throws IllegalArgumentException as for {@link #check}
   */
  public Duration usualWait(LockRequest request) {
    return Objects.requireNonNull(AcquireSpec.of(request, core.config).maxWait(), "maxWait");
  }

  /**
   * Whether the client has been closed, or is being closed.
   *
   * @return true once its {@code close} has been called
   */
  public boolean isClosed() {
    return closed.getAsBoolean();
  }

  /**
   * The failure for one caller, if one cause fails several callers.
   *
   * @param first the failure of the first caller
   * @return another like it, with the first as its cause where its type takes one
   */
  public static Throwable failureLike(Throwable first) {
    return OwnFailure.like(first);
  }

  /**
   * Creates an executor that runs one task at a time.
   *
   * @return a new executor: it runs tasks one after another, in their order, on the client's
   *     callback executor; exceptions of a task are logged
   */
  public Executor serial() {
    return new SerialExecutor(core.callbacks, "work of a recipe");
  }

  /**
   * Runs work of the user on a daemon thread of its own.
   *
   * @param name the name of the thread
   * @param work what it throws goes to the thread's uncaught exception handler
   * @return the thread, which has begun; the end of the client does not end it
   * @throws OutOfMemoryError if no thread can be made
   */
  public OwnThread startThread(String name, Runnable work) {
    return core.platform.startThread(name, work);
  }

  /**
   * Waits on a thread of the user.
   *
   * @param <T> the result
   * @param future the future to wait for
   * @return the result; a failure is thrown as it is
   * @throws InterruptedException if interrupted first
   */
  public <T> T await(CompletableFuture<T> future) throws InterruptedException {
    return core.platform.await(future);
  }

  /**
   * Waits on a thread of the user, through interrupts. The thread's interrupt status is kept.
   *
   * @param <T> the result
   * @param future the future to wait for
   * @return the result; a failure is thrown as it is
   */
  public <T> T awaitUninterruptibly(CompletableFuture<T> future) {
    return core.platform.awaitUninterruptibly(future);
  }

  /**
   * The executor for user code, which runs at once and beside other user code.
   *
   * @return the client's callback executor; exceptions of a task are logged
   */
  public Executor callbacks() {
    return core.callbacks.executor();
  }

  /**
   * Makes sure that a call of the user ends when the client does.
   *
   * @param call the future that the caller waits for
   * @param atClose ends the call, if nothing else did before the client stopped; runs at once if
   *     the client has stopped
   */
  public void untilClosed(CompletableFuture<?> call, Runnable atClose) {
    core.calls.track(call, atClose);
  }

  /**
   * Begins one try to acquire a lock, for a caller that does not wait for long. The try goes
   * through the recipe's client, which may be a wrapper; so the limit is left with the calling
   * thread.
   *
   * @param patience how long the requests of the try may take: one attempt of the SDK at least, the
   *     time of one request at most
   * @param acquire begins the acquisition on the calling thread
   * @return what {@code acquire} returns
   */
  public CompletableFuture<HeldLock> tryWithin(
      Duration patience, Supplier<CompletableFuture<HeldLock>> acquire) {
    core.timeOfOneTry.set(patience);
    try {
      return acquire.get();
    } finally {
      core.timeOfOneTry.remove();
    }
  }

  /**
   * Looks whether a lock may be free now, with one read, or two where its lease is shared.
   *
   * @param key the lock
   * @param consistent whether the read has to see every write answered before; costs twice as much
   * @param patience how long each read may take: one attempt of the SDK at least, the time of one
   *     request at most
   * @return true if the lock is free, or its holder has been silent for a lease; false if it is
   *     held, also by this client itself, which takes no request
   */
  public CompletableFuture<Boolean> mayBeFree(LockKey key, boolean consistent, Duration patience) {
    return core.calls.onLoop(result -> core.probe.look(key, consistent, patience, result));
  }

  /**
   * Why the table does not let this client's acquisitions of a lock go on; sends no request.
   *
   * @param key the lock
   * @return the failure of the last request of a pending acquisition; empty if there is none, or
   *     the table has answered it
   */
  public CompletableFuture<Optional<LockStoreException>> failureOfAcquisition(LockKey key) {
    return core.calls.onLoop(result -> result.complete(core.pending.failure(key)));
  }

  /**
   * Tells what the looks of this client's waiters for a lock show. It causes no look.
   *
   * @param key the lock
   * @param seen learns of each other client that holds the lock, and of each change of its data; on
   *     the loop
   * @return ends that; a second run does nothing
   */
  public Runnable whileWaiting(LockKey key, Consumer<LockInfo> seen) {
    boolean unused = core.loop.execute(() -> core.queues.listen(key, seen));
    return () -> {
      boolean unusedToo = core.loop.execute(() -> core.queues.listenNoMore(key, seen));
    };
  }

  /**
   * Makes the client's waiter for a lock look often, since the holder is about to release it: every
   * 25 ms in the first second, then at intervals that grow with the time, until it has the lock.
   *
   * @param key the lock
   * @param expected false if the holder keeps the lock
   */
  public void expectRelease(LockKey key, boolean expected) {
    boolean unused =
        core.loop.execute(
            () -> {
              if (expected) {
                core.queues.expectRelease(key);
              } else {
                core.queues.expectNoRelease(key);
              }
            });
  }

  /**
   * The longest pause between two looks of a waiter, at a lock with this client's lease.
   *
   * @return a time within which each waiter looks
   */
  public Duration longestPause() {
    return PollSchedule.longestPause(leaseDuration());
  }

  /**
   * Which of several locks this client holds now; sends no request. If it holds one, one try for
   * all of them cannot succeed.
   *
   * @param keys the locks
   * @return what this client knows of the first lock that it holds; empty if it holds none of them
   */
  public CompletableFuture<Optional<LockInfo>> heldHere(List<LockKey> keys) {
    return core.calls.onLoop(
        result ->
            result.complete(
                keys.stream().map(core.holds::infoOf).filter(Objects::nonNull).findFirst()));
  }

  /**
   * Takes several locks in one transaction: one try, all or none.
   *
   * @param requests which locks, and how; 1 to 100 of different keys; the waiting time of the
   *     first, if it is not zero, bounds the time of each request
   * @return the locks, held, in the order of the requests, on the loop; cancelling it gives up the
   *     try and frees the locks that it obtained; or a {@link
   *     io.github.batonlock.LockNotAcquiredException} that names one lock that was held; or a
   *     {@link io.github.batonlock.LockStoreException}, of kind {@code INVALID_REQUEST} where the
   *     table has no transactions
   * @throws IllegalArgumentException if a request does not fit the client's configuration
   */
  public CompletableFuture<List<HeldLock>> acquireTogether(List<LockRequest> requests) {
    List<AcquireSpec> specs =
        requests.stream().map(request -> AcquireSpec.of(request, core.config)).toList();
    TransactionalAcquisition acquisition = core.together(specs);
    core.events.ofAcquisition(acquisition::onEnd);
    core.calls.track(acquisition.result(), acquisition::failAsClosed);
    core.loop.execute(acquisition::start);
    return acquisition.result();
  }

  /**
   * Releases a lock and deletes its item, even if its request says to keep the item.
   *
   * @param lock one of this client's, or a wrapper of it
   * @return as {@link HeldLock#closeAsync}
   */
  public CompletableFuture<Void> closeAndDelete(HeldLock lock) {
    boolean unused =
        core.loop.execute(
            () -> {
              ActiveHolds.Hold hold = holdOf(lock);
              if (hold != null) {
                hold.deleteAtRelease();
              }
            });
    return lock.closeAsync();
  }

  /**
   * Begins work of the user under a lock. Closing the client does not free the lock before the work
   * has ended.
   *
   * @param lock one of this client's, or a wrapper of it
   * @param interrupt runs when the lock is lost, on the revoking thread; at once if it was lost
   *     before. Neither blocks nor throws
   * @return to be completed when the work has ended, before the lock is closed
   */
  public CompletableFuture<Void> workBegins(HeldLock lock, Runnable interrupt) {
    Optional<DefaultHeldLock> held =
        lock instanceof DefaultHeldLock known
            ? Optional.of(known)
            : awaitUninterruptibly(
                core.calls.onLoop(
                    result ->
                        result.complete(
                            Optional.ofNullable(holdOf(lock)).map(ActiveHolds.Hold::lock))));
    if (held.isPresent()) {
      return held.get().callbacks().workBegins(interrupt);
    }
    interrupt.run();
    return new CompletableFuture<>();
  }

  /**
   * Replaces the longest and the least time of a hold ({@link LockRequest.Builder#maxHold}, {@link
   * LockRequest.Builder#holdAtLeast}). Both count from now.
   *
   * @param lock one of this client's, or a wrapper of it; acquired with {@code maxHold}
   * @param maxHold in the range of the request's
   * @param atLeast in the range of the request's, or zero
   * @return false, without effect, if the lock is not certainly held; fails if the client is closed
   */
  public CompletableFuture<Boolean> limitAnew(HeldLock lock, Duration maxHold, Duration atLeast) {
    return core.calls.onLoop(
        result -> {
          ActiveHolds.Hold hold = holdOf(lock);
          result.complete(hold != null && hold.lock().limitAnew(maxHold, atLeast));
        });
  }

  /** The hold of a lock, by its token: the caller may have a wrapper of the lock. On the loop. */
  private ActiveHolds.@Nullable Hold holdOf(HeldLock lock) {
    ActiveHolds.Hold hold = core.holds.heldHere(lock.key());
    return hold != null && hold.lock().fencingToken() == lock.fencingToken() ? hold : null;
  }

  /**
   * A random number.
   *
   * @param bound the exclusive upper bound
   * @return a number from zero to below the bound
   */
  public int random(int bound) {
    return core.platform.random().nextInt(bound);
  }

  /**
   * Runs a task later, on the callback executor or one that ends there.
   *
   * @param delay from now, on the monotonic clock
   * @param executor where the task runs
   * @param task the task; never runs if the client has been closed
   * @return cancels the task
   */
  public EventLoop.Timer after(Duration delay, Executor executor, Runnable task) {
    return core.loop.schedule(delay.toNanos(), () -> executor.execute(task));
  }

  /**
   * Whether the calling thread runs a callback of this client. A callback must not wait for others.
   *
   * @return true inside callbacks, tasks of {@link #serial} included
   */
  public boolean isInCallback() {
    return core.callbacks.isInside();
  }

  /**
   * The time of the monotonic clock.
   *
   * @return its nanoseconds
   */
  public long nanoTime() {
    return core.loop.nanoTime();
  }

  /**
   * The time of the wall clock, for display.
   *
   * @return milliseconds since 1970
   */
  public long epochMillis() {
    return core.loop.epochMillis();
  }

  /**
   * The limits on what the client keeps and does.
   *
   * @return the bounds of the client
   */
  public Bounds bounds() {
    return core.config.bounds();
  }

  /**
   * The lease of the client's locks, unless a request sets another.
   *
   * @return the lease
   */
  public Duration leaseDuration() {
    return core.config.terms().lease();
  }

  /**
   * How long closing the client waits.
   *
   * @return the time
   */
  public Duration closeTimeout() {
    return core.config.closeTimeout();
  }

  /**
   * The interval between the client's heartbeats.
   *
   * @return the interval
   */
  public Duration heartbeatInterval() {
    return core.config.terms().heartbeat();
  }
}
