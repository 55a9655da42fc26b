package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * A counted semaphore: a number of permits, each for one holder at a time. It limits how many
 * callers, on any machine, do something at once.
 *
 * <p><b>What it does not guarantee.</b> A permit is a lock with all limits of {@link HeldLock}: it
 * can end at any moment, and a paused holder learns of the end when it runs again; until then one
 * more caller may be at work. The permit's fencing token orders the holders of that one permit
 * ({@link Hold#key()}), and says nothing about the holders of other permits. Clients get permits in
 * no particular order among each other; callers of one client get them in the order of their calls.
 *
 * <p>Permit <i>n</i> of semaphore {@code key} is the lock {@code key/n}, from {@code key/0} on (in
 * a table with a sort key, the partition key is extended). The permit of a dead holder is taken
 * over a lease later, like any lock. The table does not store the number of permits; only the
 * clients know it. If two clients disagree, each uses the first permits up to its own number, so
 * the largest number is the bound. To reduce the number, restart all clients with the smaller
 * number; until the last client has restarted, the larger number counts.
 *
 * <p><b>Cost.</b> A permit that is free at the first try costs one write. If other holders have
 * some permits, a try costs one write, and one consistent read for each held permit up to the first
 * free one. While callers wait, a client reads one permit after another, for the first of its
 * callers only: all permits within one second, or within {@code permits / 20} seconds, if that is
 * longer. That is at most twenty eventually consistent reads a second (twice as many for permits
 * with shared leases). A permit that this client gives back goes to the first waiter of this
 * client, with one write for both.
 *
 * <pre>{@code
 * CountedSemaphore uploads = CountedSemaphore.of(client, "uploads", 10);
 * try (Hold permit = uploads.acquire(Duration.ofMinutes(1))) {
 *   upload();
 * }
 * }</pre>
 */
public final class CountedSemaphore {
  private final RecipeSupport support;
  private final Goal goal;
  private final int permits;
  private final PermitScanner scanner;

  private CountedSemaphore(LockClient client, LockRequest request, int permits) {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(request, "request");
    int most = Bound.SEMAPHORE_PERMITS.defaultValue();
    if (permits < 1 || permits > most) {
      throw new IllegalArgumentException(
          "CountedSemaphore '"
              + request.key()
              + "' is to have "
              + permits
              + " permits; use 1 to "
              + most
              + ", or several semaphores");
    }
    RequestOptions options = new RequestOptions("CountedSemaphore", request);
    options.refuseWait("acquire(Duration)");
    options.refuseReleaseRequest();
    options.refuseStallLimit();
    options.refuseOnlyIfExists();
    this.support = RecipeSupport.of(client);
    this.goal =
        new Goal(
            "CountedSemaphore",
            "gave no permit of " + permits,
            "all are held",
            Goal.waitLonger("acquire"),
            List.of(request));
    this.permits = permits;
    this.scanner =
        new PermitScanner(client, support, goal, keys(request.key(), permits), support.serial());
  }

  /** Returns the locks that are the permits. */
  static List<LockKey> keys(LockKey key, int permits) {
    return IntStream.range(0, permits)
        .mapToObj(n -> Acquiring.part(key, Integer.toString(n)))
        .toList();
  }

  /**
   * Returns a semaphore that acquires permits with the client's lease.
   *
   * @param client acquires the permits
   * @param key the semaphore; its permits are the locks {@code key/0} and so on
   * @param permits the number of permits, 1 to 100; the same in all clients
   * @return the semaphore; this method sends no request
   */
  public static CountedSemaphore of(LockClient client, String key, int permits) {
    return of(client, LockRequest.of(key), permits);
  }

  /**
   * Returns a semaphore that acquires permits with the client's lease.
   *
   * @param client acquires the permits
   * @param key the semaphore; its permits are the locks {@code key/0} and so on
   * @param permits the number of permits, 1 to 100; the same in all clients
   * @return the semaphore; this method sends no request
   */
  public static CountedSemaphore of(LockClient client, LockKey key, int permits) {
    return of(client, LockRequest.of(key), permits);
  }

  /**
   * Returns a semaphore that acquires permits as a request says: with its lease, data and
   * attributes.
   *
   * @param client acquires the permits
   * @param request names the semaphore, and says how each permit is acquired; without a waiting
   *     time (it is an argument of {@link #acquire(Duration)}), {@code requestRelease}, {@code
   *     stallLimit} and {@code onlyIfExists}
   * @param permits the number of permits, 1 to 100; the same in all clients
   * @return the semaphore; this method sends no request
   * @throws IllegalArgumentException if the number is out of range, or the request has one of the
   *     options above
   */
  public static CountedSemaphore of(LockClient client, LockRequest request, int permits) {
    return new CountedSemaphore(client, request, permits);
  }

  /**
   * Acquires a permit only if one is free now and no other caller of this client waits: one try or
   * read of each permit.
   *
   * <p>The call can also take over a dead holder's permit, once this client has seen it unrenewed
   * for a lease.
   *
   * @return the permit, as for {@link #acquire(Duration)}; empty if all permits are held
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Optional<Hold> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Acquires a permit like {@link #tryAcquire}, without blocking. The future completes on the
   * callback executor. If the caller completes it in any other way, the try is given up.
   *
   * @return the permit; empty if all permits are held; or one of the exceptions of {@link
   *     #tryAcquire}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  public CompletableFuture<Optional<Hold>> tryAcquireAsync() {
    return begin(Duration.ZERO).futureIfFree();
  }

  /**
   * Acquires a permit, waiting for up to twice the lease.
   *
   * @return the permit
   * @throws InterruptedException if interrupted first; no permit is held then
   * @see #acquire(Duration)
   */
  public Hold acquire() throws InterruptedException {
    return acquire(goal.usualWait(support));
  }

  /**
   * Acquires a permit, waiting for it.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try or read of each permit
   * @return the permit; its key and token are those of lock {@code key/n}. Closing it gives it
   *     back: to the first waiter of this client, or, if there is none, to all clients
   * @throws LockNotAcquiredException if all permits were held for the whole wait, or the client is
   *     closed; names the semaphore, and as holder that of one permit
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Hold acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Acquires a permit like {@link #acquire()}, without blocking.
   *
   * @return the permit, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @see #acquireAsync(Duration)
   */
  public CompletableFuture<Hold> acquireAsync() {
    return acquireAsync(goal.usualWait(support));
  }

  /**
   * Acquires a permit like {@link #acquire(Duration)}, without blocking. The future completes on
   * the callback executor. If the caller completes it in any other way, by cancelling it or by a
   * timeout, the wait is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try or read of each permit
   * @return the permit, or one of the exceptions of {@link #acquire(Duration)}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Hold> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private PendingAcquisition<Hold> begin(Duration waitUpTo) {
    return scanner.enter(waitUpTo);
  }

  /**
   * Returns the number of permits that this client assumes.
   *
   * @return the number that this semaphore was made with
   */
  public int permits() {
    return permits;
  }

  @Override
  public String toString() {
    return "CountedSemaphore(" + goal.key() + ", " + permits + " permits)";
  }
}
