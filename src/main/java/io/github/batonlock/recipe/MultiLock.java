package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Several locks at once, all or none of them.
 *
 * <p><b>What it does not give.</b> Once granted, they are locks like any, each with its own fencing
 * token, and can be lost one by one: it is one grant, not one lock. It gives no turn to who waits:
 * who wants few locks gets them before who wants many. While it waits for a lock that was held, it
 * does so as anybody would, and may have that one lock for the moment of the next try.
 *
 * <p>All locks are granted by one transaction of DynamoDB, which fails if one of them is held, and
 * names it. Then that one is waited for, and the others are taken in a transaction; if another is
 * held, the first is given back, and that other one waited for. So a dead holder's lock is taken
 * over like any, and nobody waits while he holds something.
 *
 * <p>Several locks of one dead holder are outwaited together: within two leases, or one if they
 * share it.
 *
 * <p>Where there are no transactions (multi-Region tables with strong consistency have none), which
 * the first try finds out, locks are taken one after another, in the order of their keys. Then who
 * waits holds those before; since all go by one order, nobody waits in a circle. {@link #inOrder}
 * does so from the start.
 *
 * <p><b>Cost.</b> One TransactWriteItems, which counts twice the write units of single writes, and
 * one TransactGetItems, since the first does not tell the tokens. Releases are single writes. The
 * same permissions are needed as for single locks (UpdateItem, GetItem); together the items must
 * stay below 4 MB.
 *
 * <pre>{@code
 * MultiLock accounts = MultiLock.of(client, List.of("account/7", "account/12"));
 * try (MultiLock.HeldLocks locks = accounts.acquire(Duration.ofSeconds(10))) {
 *   transfer();
 * }
 * }</pre>
 */
public final class MultiLock {
  private final LockClient client;
  private final List<LockRequest> requests;
  private final RecipeSupport support;
  private final Executor serial;
  private final AtomicBoolean hasTransactions;

  private MultiLock(LockClient client, List<LockRequest> requests, boolean byTransaction) {
    this.client = Objects.requireNonNull(client, "client");
    this.requests = requests;
    this.support = RecipeSupport.of(client);
    this.serial = support.serial();
    this.hasTransactions = new AtomicBoolean(byTransaction);
  }

  /**
   * Locks with the client's lease.
   *
   * @param client takes the locks
   * @param keys which, 1 to 100, no two equal
   * @return what takes them; sends nothing
   */
  public static MultiLock of(LockClient client, Collection<String> keys) {
    return ofRequests(client, keys.stream().map(LockRequest::of).toList());
  }

  /**
   * Locks that are taken as requests say.
   *
   * @param client takes the locks
   * @param requests which, and how, 1 to 100 of different keys; how long to wait is told by the
   *     methods, whatever the requests say
   * @return what takes them; sends nothing
   */
  public static MultiLock ofRequests(LockClient client, Collection<LockRequest> requests) {
    Set<LockKey> keys = new HashSet<>();
    for (LockRequest request : requests) {
      if (!keys.add(request.key())) {
        throw new IllegalArgumentException(
            "Lock '" + request.key() + "' is asked for twice; name each lock once");
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
    return new MultiLock(client, sorted(requests), true);
  }

  private static List<LockRequest> sorted(Collection<LockRequest> requests) {
    Comparator<LockRequest> byKey = Comparator.comparing(request -> request.key().partitionKey());
    return requests.stream()
        .sorted(byKey.thenComparing(request -> request.key().sortKey().orElse("")))
        .toList();
  }

  /**
   * The same without transactions: one lock after another, in the order of their keys.
   *
   * @return another one; this one stays as it is
   */
  public MultiLock inOrder() {
    return new MultiLock(client, requests, false);
  }

  /**
   * Takes all locks if they are free now.
   *
   * <p>A lock that a dead process left behind is not, until somebody has waited for it.
   *
   * @return empty if one of them is held; {@link #acquire} with {@link Duration#ZERO} tells which
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquire
   */
  public Optional<HeldLocks> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Takes all locks, waiting for those that are held.
   *
   * @param waitUpTo how long, not negative; zero means one try
   * @return the locks
   * @throws LockNotAcquiredException if one of them was held; names it, and its holder. Or if there
   *     is no item and a request wanted one, or the client is closed
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
   * Like {@link #acquire}, without blocking. Completes on the callback executor. Completing it in
   * any other way, by cancelling it or by a timeout, gives the wait up.
   *
   * @param waitUpTo how long, not negative; zero means one try
   * @return the locks, or one of the exceptions of {@link #acquire}
   * @throws IllegalArgumentException if the time or a request is out of range
   */
  public CompletableFuture<HeldLocks> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private Wanted<HeldLocks> begin(Duration waitUpTo) {
    requests.forEach(support::check);
    Wanted<HeldLocks> wanted = new Wanted<>(support, requests.get(0), waitUpTo);
    JointEntry entry = new JointEntry(client, support, requests, serial, hasTransactions, wanted);
    List<LockKey> keys = requests.stream().map(LockRequest::key).toList();
    wanted.beginUnlessHeldHere(keys, serial, entry::begin);
    return wanted;
  }

  @Override
  public String toString() {
    return "MultiLock(" + requests.stream().map(LockRequest::key).toList() + ")";
  }

  /** All locks of a {@link MultiLock}. */
  public interface HeldLocks extends Held {

    /**
     * Each lock by itself: for its fencing token, its data, or to follow what happens to it.
     *
     * @return in the order of keys
     */
    List<HeldLock> locks();

    /**
     * The number of this possession of one of them.
     *
     * @param key one of the locks, as in the request
     * @return as {@link HeldLock#fencingToken}
     * @throws IllegalArgumentException for any other key
     */
    long fencingToken(LockKey key);
  }
}
