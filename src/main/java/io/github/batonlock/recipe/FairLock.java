package io.github.batonlock.recipe;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A fair lock: waiters of all clients get it in the order of their calls.
 *
 * <p><b>The order holds among waiters that use this recipe and keep their place.</b> A client that
 * acquires the lock directly, by its key, does not stand in the queue. A waiter that is cut off for
 * a lease loses its place, and may get the lock later than other waiters, or between two of them.
 * That never makes two holders: the lock itself is a lock like any other, and its fencing token
 * orders the turns.
 *
 * <p><b>How it works, and what it costs.</b> Each caller first takes a ticket: a lock {@code
 * key/ticket/n} that names the ticket before it. The lock {@code key/queue} stores the last ticket.
 * The caller then waits for the ticket before its own, by acquiring it, then for the tickets before
 * that one, and at last for the lock. That is about ten writes for each turn. A waiter also costs
 * one heartbeat for the ticket (none with a shared lease) and the reads of one waiter, however long
 * the queue is. A waiter that dies is outwaited by the next waiter within one lease. Several dead
 * waiters are outwaited one after another, or together if they share a lease. A holder that dies is
 * outwaited within two leases, or one if its lease is shared. The ticket of a waiter that has left
 * the queue costs one additional write, and stays in the table until the next waiter has noted the
 * ticket that it names. The last ticket stays until the next caller comes.
 *
 * <pre>{@code
 * FairLock till = FairLock.of(client, "shop/till");
 * try (Hold turn = till.acquire(Duration.ofMinutes(1))) {
 *   serve(customer, turn.fencingToken());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class FairLock {
  private final LockClient client;
  private final Goal goal;
  private final RecipeSupport support;
  private final Executor serial;

  private FairLock(LockClient client, LockRequest request) {
    this.client = Objects.requireNonNull(client, "client");
    Objects.requireNonNull(request, "request");
    this.goal =
        new Goal(
            "FairLock",
            "gave no turn",
            "it is held, or other callers are before this one",
            Goal.waitLonger("acquire"),
            List.of(request));
    checkLength(request.key());
    RequestOptions options = new RequestOptions("FairLock", request);
    options.refuseWait("acquire(Duration)");
    options.refuseReleaseRequest();
    options.refuseStallLimit();
    options.refuseOnlyIfExists();
    options.refuseHoldAtLeast();
    this.support = RecipeSupport.of(client);
    this.serial = support.serial();
    // Checks the longest key that the queue derives from the key of the lock.
    LockKey unused = TicketQueue.ticket(request.key(), Long.MAX_VALUE);
  }

  private static void checkLength(LockKey key) {
    int length = key.partitionKey().getBytes(StandardCharsets.UTF_8).length;
    int ofTicket = ("/ticket/" + Long.MAX_VALUE).length();
    int most = Bound.PARTITION_KEY_BYTES.defaultValue() - ofTicket;
    if (length > most) {
      throw new IllegalArgumentException(
          "The partition key of a FairLock takes "
              + length
              + " bytes of UTF-8; those of its tickets are longer: use at most "
              + most);
    }
  }

  /**
   * Returns a fair lock.
   *
   * @param client acquires the lock and the tickets
   * @param key the lock; its bytes and 27 more for the keys of tickets are at most 2,048
   * @return the fair lock; this method sends no request
   * @throws IllegalArgumentException if the key is longer than 2,021 bytes
   */
  public static FairLock of(LockClient client, String key) {
    return of(client, LockRequest.of(key));
  }

  /**
   * Returns a fair lock.
   *
   * @param client acquires the lock and the tickets
   * @param key the lock; its bytes and 27 more for the keys of tickets are at most 2,048
   * @return the fair lock; this method sends no request
   * @throws IllegalArgumentException if the key is longer than 2,021 bytes
   */
  public static FairLock of(LockClient client, LockKey key) {
    return of(client, LockRequest.of(key));
  }

  /**
   * Returns a fair lock that is acquired as a request says.
   *
   * @param client acquires the lock and the tickets
   * @param request names the lock, and says how it is acquired; its leases are also those of the
   *     tickets. Without a waiting time (it is an argument of {@link #acquire(Duration)}), {@code
   *     requestRelease}, {@code stallLimit}, {@code onlyIfExists} and {@code holdAtLeast}
   * @return the fair lock; this method sends no request
   * @throws IllegalArgumentException if the key is longer than 2,021 bytes, or the request has one
   *     of the options above
   */
  public static FairLock of(LockClient client, LockRequest request) {
    return new FairLock(client, request);
  }

  /**
   * Acquires the lock only if it is free now and no other caller is before this one.
   *
   * @return the turn, as for {@link #acquire(Duration)}; empty if the lock is held or other callers
   *     are before this one
   * @throws InterruptedException if interrupted first; the lock is not held then
   * @see #acquire(Duration)
   */
  public Optional<Hold> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Acquires the lock like {@link #tryAcquire}, without blocking. The future completes on the
   * callback executor. If the caller completes it in any other way, the try is given up.
   *
   * @return the turn; empty if the lock is held or other callers are before this one; or one of the
   *     exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  public CompletableFuture<Optional<Hold>> tryAcquireAsync() {
    return begin(Duration.ZERO).futureIfFree();
  }

  /**
   * Acquires the lock when it is this caller's turn, waiting for up to twice the lease.
   *
   * @return the turn
   * @throws InterruptedException if interrupted first; the lock is not held then
   * @see #acquire(Duration)
   */
  public Hold acquire() throws InterruptedException {
    return acquire(goal.usualWait(support));
  }

  /**
   * Acquires the lock when it is this caller's turn.
   *
   * @param waitUpTo how long to wait, not negative; zero means that no other caller may be before
   *     this one
   * @return the turn; its key and token are those of the lock, so later turns have higher tokens
   * @throws LockNotAcquiredException if the turn did not come in time, or the client is closed;
   *     names the lock, and as holder that of the lock or of the ticket that was waited for
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; the lock is not held then
   */
  public Hold acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Acquires the lock like {@link #acquire()}, without blocking.
   *
   * @return the turn, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @see #acquireAsync(Duration)
   */
  public CompletableFuture<Hold> acquireAsync() {
    return acquireAsync(goal.usualWait(support));
  }

  /**
   * Acquires the lock like {@link #acquire(Duration)}, without blocking. The future completes on
   * the callback executor. If the caller completes it in any other way, by cancelling it or by a
   * timeout, the place in the queue is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means that no other caller may be before
   *     this one
   * @return the turn, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Hold> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private PendingAcquisition<Hold> begin(Duration waitUpTo) {
    LockRequest part = goal.ofParts().requests().get(0);
    Waiters<Hold> alone =
        new Waiters<>(
            support,
            serial,
            Pauses.usual(),
            caller -> new TicketQueue(client, support, part, serial, caller).begin());
    return alone.enterUnlessHeldHere(goal, waitUpTo, List.of(goal.key()));
  }

  @Override
  public String toString() {
    return "FairLock(" + goal.key() + ")";
  }
}
