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
 * A process's access to the locks of one DynamoDB table.
 *
 * <p>Make one per process and table, share it between all threads, close it at the end. It runs one
 * thread for timing, and daemon threads for requests and callbacks where no executors are given. An
 * uncontended acquisition is one conditional write, a release another, and a held lock costs one
 * write per heartbeat interval.
 *
 * <p>Locks are not reentrant and belong to no thread: acquiring a lock that this client holds waits
 * for it like anybody else's. What a held lock promises and what not is said at {@link HeldLock}.
 *
 * <pre>{@code
 * try (LockClient client = LockClient.builder(DynamoDbClient.create(), "locks").build()) {
 *   client.runLocked("nightly-report", lock -> writeReport(lock.fencingToken()));
 * }
 * }</pre>
 */
public interface LockClient extends AutoCloseable {

  /**
   * Starts a client that sends its requests by a synchronous SDK client, each on a thread of the
   * request executor.
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
   * Starts a client that sends its requests by an asynchronous SDK client.
   *
   * @param dynamoDb the SDK client; never closed by Baton
   * @param tableName the lock table
   * @return a builder, for one thread
   */
  static Builder builder(DynamoDbAsyncClient dynamoDb, String tableName) {
    Objects.requireNonNull(dynamoDb, "dynamoDb");
    return new Builder(executor -> DynamoCalls.of(dynamoDb, executor), tableName);
  }

  /**
   * Acquires a lock, waiting for up to twice the lease.
   *
   * @param key the lock's partition key
   * @return the lock, held
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #acquire(LockRequest)
   */
  HeldLock acquire(String key) throws InterruptedException;

  /**
   * Acquires a lock, waiting for as long as the request says.
   *
   * @param request which lock, and how
   * @return the lock, held
   * @throws LockNotAcquiredException if others held it all the time, there is no item and the
   *     request wanted one, or the client was closed meanwhile
   * @throws LockStoreException if the table could not be read or written
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws IllegalStateException if the client is closed
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   */
  HeldLock acquire(LockRequest request) throws InterruptedException;

  /**
   * Acquires a lock, waiting for as long as the request says.
   *
   * @param request fills in which lock, and how
   * @return the lock, held
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #acquire(LockRequest)
   */
  default HeldLock acquire(Consumer<LockRequest.Builder> request) throws InterruptedException {
    LockRequest.Builder builder = LockRequest.builder();
    request.accept(builder);
    return acquire(builder.build());
  }

  /**
   * Takes a lock if it is free now.
   *
   * @param key the lock's partition key
   * @return the lock, held; empty if somebody holds it
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   * @see #tryAcquire(LockRequest)
   */
  Optional<HeldLock> tryAcquire(String key) throws InterruptedException;

  /**
   * Takes a lock if it is free now: one look, no waiting. The request's waiting time is ignored.
   *
   * <p>A lock is not free while this client holds it, or while other callers of this client wait
   * for it; the call sends no request then. If another acquisition of this client is under way, the
   * call shares its result. The call also takes the lock of a dead process, once this client has
   * seen the lock unrenewed for a lease: call again a lease later.
   *
   * @param request which lock, and how
   * @return the lock, held; empty if somebody holds it, or there is no item and the request wanted
   *     one
   * @throws LockStoreException if the table could not be read or written
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws IllegalStateException if the client is closed
   * @throws InterruptedException if the thread is interrupted; then the lock is not held
   */
  Optional<HeldLock> tryAcquire(LockRequest request) throws InterruptedException;

  /**
   * Like {@link #acquire(LockRequest)}, without blocking. Completes on the callback executor.
   *
   * <p>Completing the future in any other way, by cancelling it or by a timeout, ends the attempt;
   * a lock that it may have obtained is released in the background.
   *
   * @param request which lock, and how
   * @return the lock, held; or one of the exceptions of {@link #acquire(LockRequest)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  CompletableFuture<HeldLock> acquireAsync(LockRequest request);

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
   * <p>If the lock is revoked, the thread is interrupted, once. The lock is released when the work
   * has returned or thrown, never before: also a client that is closed meanwhile leaves it to run
   * out rather than release it under work that goes on.
   *
   * @param <T> the result
   * @param <E> what the work may throw
   * @param request which lock, and how
   * @param task what to do
   * @return what the task returned
   * @throws LockRevokedException if the lock was lost before the work was done, whatever the work
   *     returned or threw (which is added as suppressed)
   * @throws E if the task throws it
   * @throws InterruptedException if the thread is interrupted while waiting for the lock
   */
  <T, E extends Exception> T callLocked(LockRequest request, Task<T, E> task)
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
   * Lists the lock items of the table, page by page as the stream is consumed.
   *
   * <p>A scan, eventually consistent: it reads the whole table. Items that are not locks are
   * skipped and reported to {@link LockListener#malformedItem}.
   *
   * @return a sequential stream; consuming it throws {@link LockStoreException} if a page could not
   *     be read
   * @throws IllegalStateException if the client is closed
   */
  Stream<LockInfo> listLocks();

  /**
   * Watches a lock without wanting it, by reads only: who holds it, and whether that shows life.
   *
   * @param key the lock, or the session of a held one
   * @param listener told the present state, then each change, in order; on the callback executor
   * @return the watch; close it to end it
   * @throws IllegalStateException if the client is closed
   */
  LockWatch watch(LockKey key, Consumer<? super LockWatch.State> listener);

  /**
   * Asks the holder of a lock to finish. He is told with his next heartbeat ({@link
   * HeldLock#onReleaseRequested}), and may do with it as he likes; nothing is taken from him.
   *
   * <p>One read and one write, and no request more for the holder. Of several requests to the
   * holder of one lock the last one counts: it may replace one that he has not been told of. Where
   * the lock has a shared lease, it is the heartbeat of the session that tells, all requests, up to
   * 20 at a time for all its locks together.
   *
   * @param key the lock
   * @param reason for people, at most 1,000 characters; the holder's heartbeats pay for its size
   * @param deadline how long he may take, from when he is told; at most 100 years
   * @return whom it was written for; empty if nobody holds the lock
   * @throws LockStoreException if the table could not be read or written, or 20 requests wait
   *     already to be told to one session
   * @throws MalformedLockItemException if the item with this key is not a lock
   * @throws UnsupportedOperationException if the lock is held by a client that is not one of this
   *     library
   * @throws IllegalStateException if the client is closed
   */
  Optional<LockInfo> requestRelease(LockKey key, String reason, Duration deadline);

  /** {@return who this client is in the table: its owner name} */
  String ownerName();

  /**
   * Gives up all locks and ends all threads of this client.
   *
   * <p>In this order: new calls fail, waiting acquisitions fail with {@link
   * LockNotAcquiredException.Reason#CLIENT_CLOSED}, held locks are revoked with {@link
   * Revocation.Reason#CLIENT_CLOSED}, their callbacks run, then the locks are released, many at a
   * time. Callbacks and releases together get at most the close timeout; what is not released then
   * becomes free one lease after its last renewal. Never throws; a second call does nothing. An
   * interrupt does not cut it short, and is kept. The SDK client stays open.
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
     * @throws E as it likes
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
     * @throws E as it likes
     */
    T call(HeldLock lock) throws E;
  }

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
     * Who this client is in the table. Default: host name, process id and a random part, so that no
     * two clients are the same. Two clients given the same name still exclude each other.
     *
     * @param ownerName not empty
     * @return this
     */
    public Builder ownerName(String ownerName) {
      draft.ownerName = Objects.requireNonNull(ownerName, "ownerName");
      return this;
    }

    /**
     * How long a silent holder keeps a lock from others. Default: 20 s. The holder itself may use
     * 80 % of it.
     *
     * @param leaseDuration 100 ms to 31 days
     * @return this
     */
    public Builder leaseDuration(Duration leaseDuration) {
      draft.leaseDuration = Objects.requireNonNull(leaseDuration, "leaseDuration");
      return this;
    }

    /**
     * How often a held lock is renewed. Default: 5 s.
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
     * By what locks are kept, unless a request says otherwise. Default: {@link Leases#own()}.
     *
     * @param leases own, or shared: one heartbeat for all locks of this client
     * @return this
     */
    public Builder leases(Leases leases) {
      draft.leases = Objects.requireNonNull(leases, "leases");
      return this;
    }

    /**
     * The table's partition key attribute. Default: {@code key}.
     *
     * @param partitionKeyName not one of the lock protocol's attributes
     * @return this
     */
    public Builder partitionKeyName(String partitionKeyName) {
      draft.partitionKeyName = Objects.requireNonNull(partitionKeyName, "partitionKeyName");
      return this;
    }

    /**
     * The table's sort key attribute. Default: none.
     *
     * @param sortKeyName not one of the lock protocol's attributes
     * @return this
     */
    public Builder sortKeyName(String sortKeyName) {
      draft.sortKeyName = Objects.requireNonNull(sortKeyName, "sortKeyName");
      return this;
    }

    /**
     * How long released items are kept before DynamoDB's TTL may delete them (TTL on attribute
     * {@code ttl} has to be enabled on the table). Default: for ever.
     *
     * @param retention at least one second
     * @return this
     */
    public Builder releasedItemRetention(Duration retention) {
      draft.releasedItemRetention = Objects.requireNonNull(retention, "retention");
      return this;
    }

    /**
     * Allows to take the lock of a long-dead holder at first sight, by the time in its last
     * version, on the promise that no host's wall clock is wrong by more than this. Default: off;
     * no wall clock of another machine is trusted.
     *
     * @param maxClockError the largest difference of any host's wall clock to true time
     * @return this
     */
    public Builder maxClockError(Duration maxClockError) {
      draft.maxClockError = Objects.requireNonNull(maxClockError, "maxClockError");
      return this;
    }

    /**
     * How long {@link LockClient#close()} may take. Default: half of the lease.
     *
     * @param closeTimeout positive
     * @return this
     */
    public Builder closeTimeout(Duration closeTimeout) {
      draft.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
      return this;
    }

    /**
     * Where requests are sent from: with a synchronous SDK client each occupies a thread until it
     * is answered. Default: daemon threads of the client's own, up to 50. Never shut down by Baton.
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
     * Where callbacks run. Default: daemon threads of the client's own, as many as there are
     * callbacks running at once, up to 1,000; with so many at work, further callbacks wait until
     * one returns. Never shut down by Baton.
     *
     * @param executor must not run a task only after another one that may block. A task that it
     *     does not take, or runs on the calling thread, runs on a thread of the client's own
     * @return this
     */
    public Builder callbackExecutor(Executor executor) {
      this.callbackExecutor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Who is told what happens to this client's locks. Default: nobody.
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
     * @throws IllegalArgumentException if the configuration does not fit together
     */
    public LockClient build() {
      return DefaultLockClient.start(
          draft.build(), dynamoDb, requestExecutor, callbackExecutor, listener);
    }
  }
}
