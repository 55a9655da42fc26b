package io.github.batonlock;

import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.DynamoCalls;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A client of one lock table: acquires, observes and inspects the locks of one DynamoDB table.
 *
 * <p>Make one client per process and table, share it between all threads, and close it at the end.
 * A client runs one thread for timing, and daemon threads for requests and callbacks where no
 * executors are given. An uncontended acquisition is one conditional write. A release is one write.
 * A held lock costs one write per heartbeat interval.
 *
 * <p>Locks are not reentrant and belong to no thread: a caller that acquires a lock that the same
 * client already holds waits like any other waiter. {@link HeldLock} says what a held lock
 * guarantees and what it does not.
 *
 * <pre>{@code
 * try (LockClient client = LockClient.builder(DynamoDbClient.create(), "locks").build()) {
 *   client.runLocked("nightly-report", lock -> writeReport(lock.fencingToken()));
 * }
 * }</pre>
 */
public interface LockClient extends AutoCloseable {

  /**
   * Returns a builder of a client that sends its requests with a synchronous SDK client, each on a
   * thread of the request executor.
   *
   * @param dynamoDb the SDK client; never closed by Baton
   * @param tableName the lock table
   * @return a builder, for one thread
   */
  static Builder builder(DynamoDbClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return new Builder(executor -> DynamoCalls.of(dynamoDb, executor), tableName);
  }

  /**
   * Returns a builder of a client that sends its requests with an asynchronous SDK client.
   *
   * @param dynamoDb the SDK client; never closed by Baton
   * @param tableName the lock table
   * @return a builder, for one thread
   */
  static Builder builder(DynamoDbAsyncClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return new Builder(DynamoCalls.Factory.of(dynamoDb), tableName);
  }

  /**
   * Acquires a lock, waiting for up to twice the lease.
   *
   * @param key the lock's partition key
   * @return the lock, held
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #acquire(LockRequest)
   */
  default HeldLock acquire(String key) throws InterruptedException {
    return acquire(LockRequest.of(key));
  }

  /**
   * Acquires a lock, waiting for up to twice the lease.
   *
   * @param key the lock
   * @return the lock, held
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #acquire(LockRequest)
   */
  default HeldLock acquire(LockKey key) throws InterruptedException {
    return acquire(LockRequest.of(key));
  }

  /**
   * Acquires a lock, waiting for as long as the request says.
   *
   * @param request which lock, and how
   * @return the lock, held
   * @throws LockNotAcquiredException if other holders kept the lock for the whole wait, if there is
   *     no lock item and the request needs an existing one, or if the client was closed during the
   *     wait
   * @throws LockStoreException if the table could not be read or written
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws IllegalStateException if the client is closed
   * @throws InterruptedException if the thread is interrupted; then the lock is not held. An
   *     interrupt ends the wait at once, or, while this thread sends a request itself, with the
   *     attempt that is under way: within one second
   */
  HeldLock acquire(LockRequest request) throws InterruptedException;

  /**
   * Acquires a lock only if it is free now.
   *
   * @param key the lock's partition key
   * @return the lock, held; empty if another holder has it
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #tryAcquire(LockRequest)
   */
  default Optional<HeldLock> tryAcquire(String key) throws InterruptedException {
    return tryAcquire(LockRequest.of(key));
  }

  /**
   * Acquires a lock only if it is free now.
   *
   * @param key the lock
   * @return the lock, held; empty if another holder has it
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #tryAcquire(LockRequest)
   */
  default Optional<HeldLock> tryAcquire(LockKey key) throws InterruptedException {
    return tryAcquire(LockRequest.of(key));
  }

  /**
   * Acquires a lock only if it is free now: one try, no waiting.
   *
   * <p>A lock is not free while this client holds it, or while other callers of this client wait
   * for it; the call sends no request then. If another acquisition of this client is under way, the
   * call shares its result. The call also takes over the lock of a dead process, once its lease,
   * twice the {@link Builder#maxTableClockError}, and about three seconds have passed since its
   * last heartbeat; or since an earlier look, if the process died before its first heartbeat. In
   * that case the call that finds the lock held leaves a mark, with one more write.
   *
   * <p>If the table does not answer, the call fails within one heartbeat interval ({@link
   * Builder#heartbeatInterval}, 5 s by default) and the time of one attempt. That is two seconds if
   * the interval is shorter, or 80 % of a shorter lease.
   *
   * @param request which lock, and how; without {@code waitUpTo}, {@code waitForever} and {@code
   *     requestRelease}, which are for callers that wait ({@link LockRequest#withoutWaiting()})
   * @return the lock, held; empty if another holder has it, or if there is no lock item and the
   *     request needs an existing one
   * @throws LockStoreException if the table could not be read or written
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalArgumentException if the request has one of the options above, or does not fit
   *     the client's configuration
   * @throws IllegalStateException if the client is closed
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   */
  Optional<HeldLock> tryAcquire(LockRequest request) throws InterruptedException;

  /**
   * Acquires a lock like {@link #acquire(String)}, without blocking.
   *
   * @param key the lock's partition key
   * @return the lock, held; or one of the exceptions of {@link #acquire(LockRequest)}
   * @see #acquireAsync(LockRequest)
   */
  default CompletableFuture<HeldLock> acquireAsync(String key) {
    return acquireAsync(LockRequest.of(key));
  }

  /**
   * Acquires a lock like {@link #acquire(LockKey)}, without blocking.
   *
   * @param key the lock
   * @return the lock, held; or one of the exceptions of {@link #acquire(LockRequest)}
   * @see #acquireAsync(LockRequest)
   */
  default CompletableFuture<HeldLock> acquireAsync(LockKey key) {
    return acquireAsync(LockRequest.of(key));
  }

  /**
   * Acquires a lock like {@link #acquire(LockRequest)}, without blocking. The future completes on
   * the callback executor.
   *
   * <p>Completing the future in any other way, by cancelling it or by a timeout, ends the
   * acquisition. A lock that the acquisition may have obtained is released in the background.
   *
   * @param request which lock, and how
   * @return the lock, held; or one of the exceptions of {@link #acquire(LockRequest)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  CompletableFuture<HeldLock> acquireAsync(LockRequest request);

  /**
   * Acquires a lock only if it is free now, without blocking.
   *
   * @param key the lock's partition key
   * @return the lock, held; empty if another holder has it; or one of the exceptions of {@link
   *     #tryAcquire(LockRequest)}
   * @see #tryAcquireAsync(LockRequest)
   */
  default CompletableFuture<Optional<HeldLock>> tryAcquireAsync(String key) {
    return tryAcquireAsync(LockRequest.of(key));
  }

  /**
   * Acquires a lock only if it is free now, without blocking.
   *
   * @param key the lock
   * @return the lock, held; empty if another holder has it; or one of the exceptions of {@link
   *     #tryAcquire(LockRequest)}
   * @see #tryAcquireAsync(LockRequest)
   */
  default CompletableFuture<Optional<HeldLock>> tryAcquireAsync(LockKey key) {
    return tryAcquireAsync(LockRequest.of(key));
  }

  /**
   * Acquires a lock only if it is free now, like {@link #tryAcquire(LockRequest)}, without
   * blocking. The future completes on the callback executor.
   *
   * <p>Completing the future in any other way, by cancelling it or by a timeout, ends the try. A
   * lock that the try may have obtained is released in the background.
   *
   * @param request which lock, and how, as for {@link #tryAcquire(LockRequest)}
   * @return the lock, held; empty if another holder has it, or if there is no lock item and the
   *     request needs an existing one; or one of the exceptions of {@link #tryAcquire(LockRequest)}
   * @throws IllegalArgumentException as for {@link #tryAcquire(LockRequest)}
   */
  CompletableFuture<Optional<HeldLock>> tryAcquireAsync(LockRequest request);

  /**
   * Runs work on this thread while holding a lock.
   *
   * @param <E> what the work may throw
   * @param key the lock's partition key
   * @param work what to do
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   * @see #callLocked(LockRequest, Task)
   */
  default <E extends Exception> void runLocked(String key, Work<E> work)
      throws E, InterruptedException {
    runLocked(LockRequest.of(key), work);
  }

  /**
   * Runs work on this thread while holding a lock.
   *
   * @param <E> what the work may throw
   * @param key the lock
   * @param work what to do
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   * @see #callLocked(LockRequest, Task)
   */
  default <E extends Exception> void runLocked(LockKey key, Work<E> work)
      throws E, InterruptedException {
    runLocked(LockRequest.of(key), work);
  }

  /**
   * Runs work on this thread while holding a lock.
   *
   * @param <E> what the work may throw
   * @param request which lock, and how
   * @param work what to do
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   * @see #callLocked(LockRequest, Task)
   */
  default <E extends Exception> void runLocked(LockRequest request, Work<E> work)
      throws E, InterruptedException {
    Boolean unused =
        callLocked(
            request,
            lock -> {
              work.run(lock);
              return true;
            });
  }

  /**
   * Runs work with a result on this thread while holding a lock.
   *
   * @param <T> the result
   * @param <E> what the work may throw
   * @param key the lock's partition key
   * @param task what to do
   * @return what the task returned
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   * @see #callLocked(LockRequest, Task)
   */
  default <T, E extends Exception> T callLocked(String key, Task<T, E> task)
      throws E, InterruptedException {
    return callLocked(LockRequest.of(key), task);
  }

  /**
   * Runs work with a result on this thread while holding a lock.
   *
   * @param <T> the result
   * @param <E> what the work may throw
   * @param key the lock
   * @param task what to do
   * @return what the task returned
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   * @see #callLocked(LockRequest, Task)
   */
  default <T, E extends Exception> T callLocked(LockKey key, Task<T, E> task)
      throws E, InterruptedException {
    return callLocked(LockRequest.of(key), task);
  }

  /**
   * Runs work with a result on this thread while holding a lock.
   *
   * <p>If the lock is revoked, the thread is interrupted, once. The lock is released when the work
   * has returned or thrown, never before. If the client is closed while the work runs, the client
   * does not release the lock under the running work: the lease runs out instead.
   *
   * @param <T> the result
   * @param <E> what the work may throw
   * @param request which lock, and how
   * @param task what to do
   * @return what the task returned
   * @throws LockRevokedException if the lock was lost before the work was done, whatever the work
   *     returned or threw (an exception of the work is added as suppressed)
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   */
  <T, E extends Exception> T callLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException;

  /**
   * Runs work on this thread if the lock is free now, and skips it otherwise.
   *
   * @param <E> what the work may throw
   * @param key the lock's partition key
   * @param work what to do
   * @return true if the work ran to its end under the lock; false if it was skipped
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   * @see #tryRunLocked(LockRequest, Work)
   */
  default <E extends Exception> boolean tryRunLocked(String key, Work<E> work)
      throws E, InterruptedException {
    return tryRunLocked(LockRequest.of(key), work);
  }

  /**
   * Runs work on this thread if the lock is free now, and skips it otherwise.
   *
   * @param <E> what the work may throw
   * @param key the lock
   * @param work what to do
   * @return true if the work ran to its end under the lock; false if it was skipped
   * @throws E if the work throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   * @see #tryRunLocked(LockRequest, Work)
   */
  default <E extends Exception> boolean tryRunLocked(LockKey key, Work<E> work)
      throws E, InterruptedException {
    return tryRunLocked(LockRequest.of(key), work);
  }

  /**
   * Runs work on this thread if the lock is free now, and skips it otherwise: one try, no waiting,
   * no exception where another caller holds the lock. For jobs that several processes start.
   *
   * <p>Like {@link #tryAcquire(LockRequest)}, then like {@link #runLocked(LockRequest, Work)}. The
   * lock is free again when the work has ended: a process that tries later runs the work again.
   *
   * @param <E> what the work may throw
   * @param request which lock, and how, as for {@link #tryAcquire(LockRequest)}
   * @param work what to do
   * @return true if the work ran to its end under the lock; false if it was skipped, since another
   *     caller holds the lock, or since there is no lock item and the request needs an existing one
   * @throws LockRevokedException if the lock was lost before the work was done, whatever the work
   *     threw (its exception is added as suppressed)
   * @throws LockStoreException if the table could not be read or written: it is not known whether
   *     another client holds the lock
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalArgumentException as for {@link #tryAcquire(LockRequest)}
   * @throws IllegalStateException if the client is closed
   * @throws E if the work throws it; the lock is released first
   * @throws InterruptedException if the thread is interrupted before the work begins
   */
  default <E extends Exception> boolean tryRunLocked(LockRequest request, Work<E> work)
      throws E, InterruptedException {
    return tryCallLocked(
            request,
            lock -> {
              work.run(lock);
              return true;
            })
        .isPresent();
  }

  /**
   * Runs work with a result on this thread if the lock is free now, and skips it otherwise.
   *
   * @param <T> the result, not null
   * @param <E> what the work may throw
   * @param key the lock's partition key
   * @param task what to do
   * @return what the task returned; empty if it was skipped
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   * @see #tryCallLocked(LockRequest, Task)
   */
  default <T, E extends Exception> Optional<T> tryCallLocked(String key, Task<T, E> task)
      throws E, InterruptedException {
    return tryCallLocked(LockRequest.of(key), task);
  }

  /**
   * Runs work with a result on this thread if the lock is free now, and skips it otherwise.
   *
   * @param <T> the result, not null
   * @param <E> what the work may throw
   * @param key the lock
   * @param task what to do
   * @return what the task returned; empty if it was skipped
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted before the work begins
   * @see #tryCallLocked(LockRequest, Task)
   */
  default <T, E extends Exception> Optional<T> tryCallLocked(LockKey key, Task<T, E> task)
      throws E, InterruptedException {
    return tryCallLocked(LockRequest.of(key), task);
  }

  /**
   * Runs work with a result on this thread if the lock is free now, and skips it otherwise; like
   * {@link #tryRunLocked(LockRequest, Work)}.
   *
   * @param <T> the result, not null
   * @param <E> what the work may throw
   * @param request which lock, and how, as for {@link #tryAcquire(LockRequest)}
   * @param task what to do
   * @return what the task returned; empty if it was skipped
   * @throws NullPointerException if the task returned null
   * @throws IllegalArgumentException as for {@link #tryAcquire(LockRequest)}
   * @throws E if the task throws it; the lock is released first
   * @throws InterruptedException if the thread is interrupted before the work begins
   */
  <T, E extends Exception> Optional<T> tryCallLocked(LockRequest request, Task<T, E> task)
      throws E, InterruptedException;

  /**
   * Reads a lock item, strongly consistently, with one request.
   *
   * @param key the lock's partition key
   * @return what the item says; empty if there is none
   * @throws LockStoreException if the table could not be read
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalStateException if the client is closed
   */
  default Optional<LockInfo> inspect(String key) {
    return inspect(LockKey.of(key));
  }

  /**
   * Reads a lock item, strongly consistently, with one request.
   *
   * @param key the lock
   * @return what the item says; empty if there is none
   * @throws LockStoreException if the table could not be read
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalStateException if the client is closed
   */
  Optional<LockInfo> inspect(LockKey key);

  /**
   * Reads a lock item, strongly consistently, with one request, without blocking.
   *
   * @param key the lock's partition key
   * @return what the item says; empty if there is none; or one of the exceptions of {@link
   *     #inspect(LockKey)}
   * @throws IllegalArgumentException if the key does not fit the table
   */
  default CompletableFuture<Optional<LockInfo>> inspectAsync(String key) {
    return inspectAsync(LockKey.of(key));
  }

  /**
   * Reads a lock item, strongly consistently, with one request, without blocking. The future
   * completes on the callback executor.
   *
   * @param key the lock
   * @return what the item says; empty if there is none; or one of the exceptions of {@link
   *     #inspect(LockKey)}
   * @throws IllegalArgumentException if the key does not fit the table
   */
  CompletableFuture<Optional<LockInfo>> inspectAsync(LockKey key);

  /**
   * Lists the lock items of the table. Pages are read as the stream is consumed.
   *
   * <p>The listing is an eventually consistent scan: it reads the whole table. Items that are not
   * locks are skipped and reported to {@link LockListener#malformedItem}.
   *
   * @return a sequential stream; consuming it throws {@link LockStoreException} if a page could not
   *     be read
   * @throws IllegalStateException if the client is closed
   */
  Stream<LockInfo> listLocks();

  /**
   * Observes a lock without acquiring it.
   *
   * @param key the lock's partition key
   * @param listener receives the present state, then each change, in order; on the callback
   *     executor
   * @return the watch; close it to end it
   * @see #watch(LockKey, Consumer)
   */
  default LockWatch watch(String key, Consumer<? super LockWatch.State> listener) {
    return watch(LockKey.of(key), listener);
  }

  /**
   * Observes a lock without acquiring it: which client holds it, and whether that holder shows
   * life. A watch reads only, and never writes.
   *
   * @param key the lock, or the session of a held lock
   * @param listener receives the present state, then each change, in order; on the callback
   *     executor
   * @return the watch; close it to end it
   * @throws IllegalStateException if the client is closed
   */
  LockWatch watch(LockKey key, Consumer<? super LockWatch.State> listener);

  /**
   * Asks the holder of a lock to finish and release it.
   *
   * @param key the lock's partition key
   * @param reason for people, at most 1,000 characters
   * @param gracePeriod how long the holder may take, from when it learns of the request
   * @return the holder that the request was written for; empty if no client holds the lock
   * @see #requestRelease(LockKey, String, Duration)
   */
  default Optional<LockInfo> requestRelease(String key, String reason, Duration gracePeriod) {
    return requestRelease(LockKey.of(key), reason, gracePeriod);
  }

  /**
   * Asks the holder of a lock to finish and release it. The holder learns of the request with its
   * next heartbeat ({@link HeldLock#onReleaseRequested}) and may ignore it; the lock is not taken
   * away.
   *
   * <p>The call costs one read and one write, and no additional request of the holder. If there are
   * several requests to the holder of one lock, the last one counts: it may replace one that the
   * holder has not learned of yet. If the lock has a shared lease, the heartbeat of the session
   * delivers the requests: all of them, up to 20 at a time for all locks of the session together.
   *
   * @param key the lock
   * @param reason for people, at most 1,000 characters; the holder's heartbeats pay for its size
   * @param gracePeriod how long the holder may take, from when it learns of the request; at most
   *     100 years
   * @return the holder that the request was written for; empty if no client holds the lock
   * @throws LockStoreException if the table could not be read or written, or if 20 requests to one
   *     session already wait for delivery
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws UnsupportedOperationException if the lock is held by a client of another library
   * @throws IllegalStateException if the client is closed
   */
  Optional<LockInfo> requestRelease(LockKey key, String reason, Duration gracePeriod);

  /**
   * Asks the holder of a lock to finish and release it, without blocking.
   *
   * @param key the lock's partition key
   * @param reason for people, at most 1,000 characters
   * @param gracePeriod how long the holder may take, from when it learns of the request
   * @return as {@link #requestRelease(LockKey, String, Duration)}, or one of its exceptions
   */
  default CompletableFuture<Optional<LockInfo>> requestReleaseAsync(
      String key, String reason, Duration gracePeriod) {
    return requestReleaseAsync(LockKey.of(key), reason, gracePeriod);
  }

  /**
   * Asks the holder of a lock to finish and release it, without blocking. The future completes on
   * the callback executor.
   *
   * @param key the lock
   * @param reason for people, at most 1,000 characters
   * @param gracePeriod how long the holder may take, from when it learns of the request; at most
   *     100 years
   * @return as {@link #requestRelease(LockKey, String, Duration)}, or one of its exceptions
   * @throws IllegalArgumentException if the key does not fit the table, or a value is out of range
   */
  CompletableFuture<Optional<LockInfo>> requestReleaseAsync(
      LockKey key, String reason, Duration gracePeriod);

  /** {@return the owner name: the name of this client in the table} */
  String ownerName();

  /**
   * Returns what recipes need of this client besides its public methods. A class that wraps a
   * client returns that of the client that it wraps: a recipe that is made with the wrapper then
   * acquires, reads and watches locks through the wrapper, and takes its timers and threads from
   * the host. Three things go by the wrapper, since no public method does them: the transactions of
   * {@code MultiLock}, the reads of a recipe that waits for a permit or a gate, and the question
   * whether the client itself holds a lock.
   *
   * @return the host; only those that {@link LockClient#builder} made are of use to a recipe
   */
  RecipeHost recipeHost();

  /**
   * Gives up all locks and ends all threads of this client.
   *
   * <p>In this order: new calls fail, waiting acquisitions fail with {@link
   * LockNotAcquiredException.Reason#CLIENT_CLOSED}, held locks are revoked with {@link
   * Revocation.Reason#CLIENT_CLOSED}, their callbacks run, then the locks are released, many at a
   * time. Callbacks and releases together get at most the close timeout. A lock that is not
   * released by then becomes free one lease after its last renewal. The method never throws; a
   * second call does nothing. An interrupt does not shorten the call, and the interrupt status is
   * kept. The SDK client stays open.
   */
  @Override
  void close();

  /**
   * Work to do while holding a lock.
   *
   * @param <E> what it may throw
   */
  @FunctionalInterface
  interface Work<E extends Exception> {
    /**
     * Does the work.
     *
     * @param lock the lock, held; closing it ends the protection
     * @throws E if the work fails
     */
    void run(HeldLock lock) throws E;
  }

  /**
   * Work with a result to do while holding a lock.
   *
   * @param <T> the result
   * @param <E> what it may throw
   */
  @FunctionalInterface
  interface Task<T, E extends Exception> {
    /**
     * Does the work.
     *
     * @param lock the lock, held; closing it ends the protection
     * @return the result
     * @throws E if the work fails
     */
    T call(HeldLock lock) throws E;
  }

  /**
   * What recipes ({@code io.github.batonlock.recipe}) need of a client besides its public methods:
   * timers, and threads for their own work. Only Baton makes one, and recipes refuse any other; it
   * has no methods for users.
   */
  interface RecipeHost {}

  /** Builds a {@link LockClient}; not safe for use by several threads. */
  final class Builder {
    private final DynamoCalls.Factory dynamoDb;
    private final ClientConfig.Draft draft;
    private @Nullable Executor requestExecutor;
    private @Nullable Executor callbackExecutor;
    private @Nullable LockListener listener;

    private Builder(DynamoCalls.Factory dynamoDb, String tableName) {
      this.dynamoDb = dynamoDb;
      this.draft = new ClientConfig.Draft(Objects.requireNonNull(tableName, "tableName"));
    }

    /**
     * Sets the owner name: the name of this client in the table. Default: host name, process id and
     * a random part, so that no two clients have the same name. Two clients with the same name
     * still exclude each other.
     *
     * @param ownerName not empty
     * @return this
     */
    public Builder ownerName(String ownerName) {
      draft.ownerName = Objects.requireNonNull(ownerName, "ownerName");
      return this;
    }

    /**
     * Sets the lease: how long the lock of a silent holder stays closed to other clients. Default:
     * 20 s. The holder itself may use 80 % of the lease.
     *
     * @param leaseDuration 100 ms to 31 days
     * @return this
     */
    public Builder leaseDuration(Duration leaseDuration) {
      draft.leaseDuration = Objects.requireNonNull(leaseDuration, "leaseDuration");
      return this;
    }

    /**
     * Sets the heartbeat interval: how often a held lock is renewed. Default: a quarter of the
     * lease, 5 s of the default 20 s.
     *
     * @param heartbeatInterval at least 10 ms; at most a third of the usable lease, so that three
     *     tries fit into it
     * @return this
     */
    public Builder heartbeatInterval(Duration heartbeatInterval) {
      draft.heartbeatInterval = Objects.requireNonNull(heartbeatInterval, "heartbeatInterval");
      return this;
    }

    /**
     * Sets how locks are renewed unless a request says otherwise: each by its own heartbeat, or by
     * a session shared with other locks. Default: {@link Leases#own()}.
     *
     * @param leases own, or shared: one heartbeat for all locks of this client
     * @return this
     */
    public Builder leases(Leases leases) {
      draft.leases = Objects.requireNonNull(leases, "leases");
      return this;
    }

    /**
     * Sets the table's partition key attribute. Default: {@code key}.
     *
     * @param partitionKeyName not one of the lock protocol's attributes
     * @return this
     */
    public Builder partitionKeyName(String partitionKeyName) {
      draft.partitionKeyName = Objects.requireNonNull(partitionKeyName, "partitionKeyName");
      return this;
    }

    /**
     * Sets the table's sort key attribute. Default: none.
     *
     * @param sortKeyName not one of the lock protocol's attributes
     * @return this
     */
    public Builder sortKeyName(String sortKeyName) {
      draft.sortKeyName = Objects.requireNonNull(sortKeyName, "sortKeyName");
      return this;
    }

    /**
     * Sets how long released items are kept before DynamoDB's TTL may delete them. TTL on attribute
     * {@code ttl} has to be enabled on the table. Tables with multi-Region strong consistency
     * (MRSC) have no TTL: there this option deletes nothing. Default: released items are kept
     * permanently.
     *
     * @param retention at least one second
     * @return this
     */
    public Builder releasedItemRetention(Duration retention) {
      draft.releasedItemRetention = Objects.requireNonNull(retention, "retention");
      return this;
    }

    /**
     * Sets how far the {@code Date} of DynamoDB's answers may be off true time. A client takes the
     * lock of a dead holder at first sight when, by that clock, the holder's last write was sent
     * more than the holder's lease, twice this value, and a second ago. No client's clock has to be
     * right. If a {@code Date} is off by more, a lock may be taken from a living holder; fencing
     * tokens keep their order all the same. Default: 5 s.
     *
     * @param maxTableClockError zero to one hour; all clients of a table need a value that is large
     *     enough, and need not have the same
     * @return this
     */
    public Builder maxTableClockError(Duration maxTableClockError) {
      draft.maxTableClockError = Objects.requireNonNull(maxTableClockError, "maxTableClockError");
      return this;
    }

    /**
     * Sets whether the client takes the lock of a dead holder at first sight (see {@link
     * #maxTableClockError}). Default: true. Otherwise it takes such a lock only after it has
     * watched the lock for the holder's lease, so a process that looks once never gets it.
     *
     * @param takeoverAtFirstSight false to trust no clock but this machine's
     * @return this
     */
    public Builder takeoverAtFirstSight(boolean takeoverAtFirstSight) {
      draft.takeoverAtFirstSight = takeoverAtFirstSight;
      return this;
    }

    /**
     * Sets how long {@link LockClient#close()} may take. Default: half of the lease.
     *
     * @param closeTimeout positive
     * @return this
     */
    public Builder closeTimeout(Duration closeTimeout) {
      draft.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
      return this;
    }

    /**
     * Sets the executor that sends requests. With a synchronous SDK client each request occupies a
     * thread until it is answered. Default: daemon threads of the client's own, up to 50, and the
     * threads of callers that block: such a thread may send the requests of its own call. Baton
     * never shuts the executor down.
     *
     * @param executor must run tasks concurrently and not on the calling thread; a
     *     virtual-thread-per-task executor is fine
     * @return this
     */
    public Builder requestExecutor(Executor executor) {
      this.requestExecutor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets the executor that runs callbacks. Default: daemon threads of the client's own, as many
     * as there are callbacks running at once, up to 1,000; while 1,000 callbacks run, further
     * callbacks wait until one returns. Baton never shuts the executor down.
     *
     * @param executor must not delay a task until another task that may block has ended. A task
     *     that it rejects, or runs on the calling thread, runs on a thread of the client's own
     * @return this
     */
    public Builder callbackExecutor(Executor executor) {
      this.callbackExecutor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Sets the listener that learns what happens to this client's locks. Default: none.
     *
     * @param listener called on the callback executor
     * @return this
     */
    public Builder listener(LockListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Starts the client. Sends no request.
     *
     * @return the client
     * @throws IllegalArgumentException if a setting is out of range, or the settings do not fit
     *     together
     */
    public LockClient build() {
      return DefaultLockClient.start(
          draft.build(), dynamoDb, requestExecutor, callbackExecutor, listener);
    }
  }
}
