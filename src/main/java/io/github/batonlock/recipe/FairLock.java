package io.github.batonlock.recipe;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A lock whose waiters get it in the order in which they came, across clients.
 *
 * <p><b>The order holds among those who wait by this recipe and keep their place.</b> Whoever
 * acquires the lock past it, by its key, does not stand in the queue; who is cut off for a lease
 * while he waits loses his place, and may get the lock later than others, or between two of them.
 * That never makes two holders: the lock itself is a lock like any other.
 *
 * <p><b>How it works, and what it costs.</b> Each who comes takes a ticket: a lock {@code
 * key/ticket/n} that names the ticket before it; the last one is noted in the lock {@code
 * key/queue}. Then he waits for the ticket before his own, by acquiring it, for what is before
 * that, and at last for the lock. That is about ten writes for each turn, and while he waits a
 * heartbeat for the ticket (none with a shared lease) and the reads of one waiter, however long the
 * queue is. A waiter that dies is outwaited by the next one within a lease, several one after
 * another, or together where they share one; a holder that dies within two leases, or one where its
 * lease is shared. A ticket whose owner has gone costs one write more, and stays in the table until
 * the next one has noted whom it named. The last ticket stays until the next one comes.
 *
 * <pre>{@code
 * FairLock till = FairLock.of(client, "shop/till");
 * try (FairLock.Turn turn = till.acquire(Duration.ofMinutes(1))) {
 *   serve(customer, turn.fencingToken());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 */
public final class FairLock {
  private final LockClient client;
  private final LockRequest request;
  private final RecipeSupport support;
  private final Executor serial;

  private FairLock(LockClient client, LockRequest request) {
    this.client = Objects.requireNonNull(client, "client");
    this.request = Objects.requireNonNull(request, "request");
    checkLength(request.key());
    this.support = RecipeSupport.of(client);
    this.serial = support.serial();
    // The longest key that the queue makes of it.
    LockKey unused = QueueEntry.ticket(request.key(), Long.MAX_VALUE);
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
   * A fair way to a lock.
   *
   * @param client takes the lock and the tickets
   * @param key the lock; its bytes and 27 more for the keys of tickets are at most 2,048
   * @return the way; sends nothing
   * @throws IllegalArgumentException if the key is longer than 2,021 bytes
   */
  public static FairLock of(LockClient client, String key) {
    return of(client, LockRequest.of(key));
  }

  /**
   * A fair way to a lock that is taken as a request says.
   *
   * @param client takes the lock and the tickets
   * @param request names the lock, and says how it is taken; its leases are those of the tickets,
   *     too. How long to wait is told by {@link #acquire}, whatever the request says
   * @return the way; sends nothing
   * @throws IllegalArgumentException if the key is longer than 2,021 bytes
   */
  public static FairLock of(LockClient client, LockRequest request) {
    return new FairLock(client, request);
  }

  /**
   * Takes the lock when it is this caller's turn.
   *
   * @param waitUpTo how long to wait, not negative; zero means that nobody may be there before
   * @return the lock
   * @throws LockNotAcquiredException if the turn did not come in time, or the client is closed;
   *     names the lock or the ticket that was held, and by whom
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; the lock is not held then
   */
  public Turn acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Like {@link #acquire}, without blocking. Completes on the callback executor. Completing it in
   * any other way, by cancelling it or by a timeout, gives the place in the queue up.
   *
   * @param waitUpTo how long to wait, not negative; zero means that nobody may be there before
   * @return the lock, or one of the exceptions of {@link #acquire}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Turn> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private Wanted<Turn> begin(Duration waitUpTo) {
    Wanted<Turn> wanted = new Wanted<>(support, request, waitUpTo);
    QueueEntry entry = new QueueEntry(client, support, request, serial, wanted);
    wanted.beginUnlessHeldHere(List.of(request.key()), serial, entry::begin);
    return wanted;
  }

  @Override
  public String toString() {
    return "FairLock(" + request.key() + ")";
  }

  /** One caller's turn: the lock, from its grant until it is released or lost. */
  public interface Turn extends Held {

    /**
     * The lock's fencing token: later turns have higher ones.
     *
     * @return as {@link io.github.batonlock.HeldLock#fencingToken}
     */
    long fencingToken();
  }
}
