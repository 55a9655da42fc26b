package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Several locks that are acquired together: all of them or none.
 *
 * <p><b>What it does not guarantee.</b> Once granted, the locks are independent: each has its own
 * fencing token, which orders the holders of that one lock, and each can be lost alone. It is one
 * grant, not one lock. Waiters have no order: a caller that wants few locks gets them before a
 * caller that wants many. A caller that waits for a held lock waits like any other waiter, and may
 * hold that one lock for the moment of the next try.
 *
 * <p>One transaction of DynamoDB grants all locks. If one lock is held, the transaction fails and
 * names that lock. The caller then waits for that lock, and acquires the others in a transaction.
 * If another lock is held, the caller gives the first one back and waits for the other one. So a
 * dead holder's lock is taken over like any lock, and no caller waits while it holds a lock.
 *
 * <p>Several locks of one dead holder are outwaited together: within two leases, or one if they
 * share it.
 *
 * <p>If the table does not support transactions (multi-Region tables with strong consistency do
 * not), the first try detects it, and the locks are acquired one after another, in the order of
 * their keys. In that mode a waiter holds the locks before the one that it waits for. All callers
 * use the same order, so no circle of waiters arises. {@link #inOrder} uses this mode from the
 * start.
 *
 * <p><b>Cost.</b> A grant costs one TransactWriteItems, which counts twice the write units of
 * single writes, and one TransactGetItems, since the TransactWriteItems does not return the tokens.
 * Releases are single writes. The permissions are the same as for single locks (UpdateItem,
 * GetItem); together the items must stay below 4 MB.
 *
 * <pre>{@code
 * MultiLock accounts = MultiLock.of(client, "account/7", "account/12");
 * try (MultiLock.HeldLocks locks = accounts.acquire(Duration.ofSeconds(10))) {
 *   transfer();
 * }
 * }</pre>
 */
public final class MultiLock {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final LockClient client;
  private final Goal goal;
  private final RecipeSupport support;
  private final Executor serial;
  private final AtomicBoolean hasTransactions;

  private MultiLock(LockClient client, Goal goal, boolean byTransaction) {
    this.client = Objects.requireNonNull(client, "client");
    this.goal = goal;
    this.support = RecipeSupport.of(client);
    this.serial = support.serial();
    this.hasTransactions = new AtomicBoolean(byTransaction);
  }

  /**
   * Returns a MultiLock of locks with the client's lease.
   *
   * @param client acquires the locks
   * @param keys the keys of the locks, 1 to 100, no two equal
   * @return the MultiLock; this method sends no request
   * @throws IllegalArgumentException if a key occurs twice, or there are too many or no keys
   */
  public static MultiLock of(LockClient client, String... keys) {
    return of(client, Stream.of(keys).map(LockRequest::of).toArray(LockRequest[]::new));
  }

  /**
   * Returns a MultiLock of locks with the client's lease.
   *
   * @param client acquires the locks
   * @param keys the keys of the locks, 1 to 100, no two equal
   * @return the MultiLock; this method sends no request
   * @throws IllegalArgumentException if a key occurs twice, or there are too many or no keys
   */
  public static MultiLock of(LockClient client, LockKey... keys) {
    return of(client, Stream.of(keys).map(LockRequest::of).toArray(LockRequest[]::new));
  }

  /**
   * Returns a MultiLock of locks that are acquired as requests say.
   *
   * @param client acquires the locks
   * @param requests which locks, and how, 1 to 100 of different keys; without a waiting time (it is
   *     an argument of the methods), {@code requestRelease} and {@code holdAtLeast}. Each {@code
   *     onRevoked} runs once for the hold, with the first lock that was lost
   * @return the MultiLock; this method sends no request
   * @throws IllegalArgumentException if a key occurs twice, there are too many or no keys, or a
   *     request has one of the options above
   */
  public static MultiLock of(LockClient client, LockRequest... requests) {
    Set<LockKey> keys = new HashSet<>();
    for (LockRequest request : requests) {
      RequestOptions options = new RequestOptions("MultiLock of", request);
      options.refuseWait("acquire(Duration)");
      options.refuseReleaseRequest();
      options.refuseHoldAtLeast();
      if (!keys.add(request.key())) {
        throw new IllegalArgumentException(
            "MultiLock of '" + request.key() + "' names that lock twice; name each lock once");
      }
    }
    int most = Bound.TRANSACTION_LOCKS.defaultValue();
    if (keys.isEmpty() || keys.size() > most) {
      throw new IllegalArgumentException(
          "A MultiLock takes 1 to "
              + most
              + " locks, as many as a transaction of DynamoDB, not "
              + keys.size());
    }
    Goal goal =
        new Goal(
            "MultiLock",
            "gave no locks",
            "one of them is held",
            Goal.waitLonger("acquire"),
            sorted(requests));
    return new MultiLock(client, goal, true);
  }

  private static List<LockRequest> sorted(LockRequest... requests) {
    Comparator<LockRequest> byKey = Comparator.comparing(request -> request.key().partitionKey());
    return Stream.of(requests)
        .sorted(byKey.thenComparing(request -> request.key().sortKey().orElse("")))
        .toList();
  }

  /**
   * Returns a MultiLock of the same locks that uses no transactions: it acquires one lock after
   * another, in the order of their keys.
   *
   * @return another MultiLock; this one stays unchanged
   */
  public MultiLock inOrder() {
    return new MultiLock(client, goal, false);
  }

  /**
   * Acquires all locks only if they are free now.
   *
   * <p>A lock that a dead process left behind is not free until a caller has waited for it.
   *
   * @return the locks; empty if one of them is held, or if there is no item and a request needs an
   *     existing one; {@link #acquire(Duration)} with {@link Duration#ZERO} tells which
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquire(Duration)
   */
  public Optional<HeldLocks> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Acquires all locks like {@link #tryAcquire}, without blocking. The future completes on the
   * callback executor. If the caller completes it in any other way, the try is given up.
   *
   * @return the locks; empty as for {@link #tryAcquire}; or one of the exceptions of {@link
   *     #acquire(Duration)}
   * @throws IllegalArgumentException if a request does not fit the client's configuration
   */
  public CompletableFuture<Optional<HeldLocks>> tryAcquireAsync() {
    return begin(Duration.ZERO).futureIfFree();
  }

  /**
   * Acquires all locks, waiting for up to twice the longest of their leases.
   *
   * @return the locks
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquire(Duration)
   */
  public HeldLocks acquire() throws InterruptedException {
    return acquire(goal.usualWait(support));
  }

  /**
   * Acquires all locks, waiting for those that are held.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the locks
   * @throws LockNotAcquiredException if one of them was held; the exception names it and its
   *     holder. Also if there is no item and a request needs an existing one, or the client is
   *     closed
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item with one of the keys is not
   *     a lock
   * @throws IllegalArgumentException if a request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; nothing is held then
   */
  public HeldLocks acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Acquires all locks like {@link #acquire()}, without blocking.
   *
   * @return the locks, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if a request does not fit the client's configuration
   * @see #acquireAsync(Duration)
   */
  public CompletableFuture<HeldLocks> acquireAsync() {
    return acquireAsync(goal.usualWait(support));
  }

  /**
   * Acquires all locks like {@link #acquire(Duration)}, without blocking. The future completes on
   * the callback executor. If the caller completes it in any other way, by cancelling it or by a
   * timeout, the wait is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the locks, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the time or a request is out of range
   */
  public CompletableFuture<HeldLocks> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private PendingAcquisition<HeldLocks> begin(Duration waitUpTo) {
    Waiters<HeldLocks> alone =
        new Waiters<>(
            support,
            serial,
            new Pauses(FIRST_PAUSE, LONGEST_PAUSE, 2),
            new JointEntry(client, support, goal.ofParts().requests(), serial, hasTransactions));
    List<LockKey> keys = goal.requests().stream().map(LockRequest::key).toList();
    return alone.enterUnlessHeldHere(goal, waitUpTo, keys);
  }

  @Override
  public String toString() {
    return "MultiLock(" + goal.requests().stream().map(LockRequest::key).toList() + ")";
  }

  /**
   * All locks of a {@link MultiLock}. The hold's {@link #key()} and {@link #fencingToken()} are
   * those of the first lock in the order of keys; {@link #fencingToken(LockKey)} has that of each.
   */
  public interface HeldLocks extends Hold {

    /**
     * Returns each lock by itself: for its fencing token, its data, or to follow what happens to
     * it.
     *
     * @return in the order of keys
     */
    List<HeldLock> locks();

    /**
     * Returns the fencing token of one of the locks.
     *
     * @param key one of the locks, as in the request
     * @return as {@link HeldLock#fencingToken}
     * @throws IllegalArgumentException for any other key
     */
    long fencingToken(LockKey key);
  }
}
