package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A counted semaphore: a number of permits, each for one holder at a time. It limits how many
 * callers, on any machine, do something at once.
 *
 * <p><b>What it does not guarantee.</b> A permit is a lock with all limits of {@link HeldLock}: it
 * can end at any moment, and a paused holder learns of the end when it runs again; until then one
 * more caller may be at work. The permit's fencing token orders the holders of that one permit, and
 * says nothing about the holders of other permits. Clients get permits in no particular order among
 * each other; callers of one client get them in the order of their calls.
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
 * try (CountedSemaphore.Permit permit = uploads.acquire(Duration.ofMinutes(1))) {
 *   upload();
 * }
 * }</pre>
 */
public final class CountedSemaphore {
  private final LockRequest request;
  private final int permits;
  private final PermitScanner search;

  private CountedSemaphore(LockClient client, LockRequest request, int permits) {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(request, "request");
    int most = Bound.SEMAPHORE_PERMITS.defaultValue();
    if (permits < 1 || permits > most) {
      throw new IllegalArgumentException(
          "Semaphore '"
              + request.key()
              + "' is to have "
              + permits
              + " permits; use 1 to "
              + most
              + ", or several semaphores");
    }
    RecipeSupport support = RecipeSupport.of(client);
    this.request = request;
    this.permits = permits;
    this.search =
        new PermitScanner(
            client,
            support,
            request,
            IntStream.range(0, permits)
                .mapToObj(n -> Acquiring.part(request.key(), Integer.toString(n)))
                .toList(),
            support.serial());
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
   * Returns a semaphore that acquires permits as a request says: with its lease, data and
   * attributes.
   *
   * @param client acquires the permits
   * @param request names the semaphore, and says how each permit is acquired; {@link #acquire} says
   *     how long to wait, whatever the request says
   * @param permits the number of permits, 1 to 100; the same in all clients
   * @return the semaphore; this method sends no request
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
   * @return empty if all permits are held
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Optional<Permit> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Acquires a permit, waiting for it.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try or read of each permit
   * @return the permit
   * @throws LockNotAcquiredException if all permits were held for the whole wait, or the client is
   *     closed
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Permit acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Acquires a permit like {@link #acquire}, without blocking. The future completes on the callback
   * executor. If the caller completes it in any other way, by cancelling it or by a timeout, the
   * wait is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try or read of each permit
   * @return the permit, or one of the exceptions of {@link #acquire}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Permit> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  /** Returns why the first waiter has no permit yet; null if that is not known. */
  @Nullable Throwable whyNoneYet() {
    return search.whyNoneYet();
  }

  private PendingAcquisition<Permit> begin(Duration waitUpTo) {
    return search.enter(waitUpTo);
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
    return "CountedSemaphore(" + request.key() + ", " + permits + " permits)";
  }

  /**
   * One permit of a {@link CountedSemaphore}, from its grant until it is given back or lost. It has
   * the guarantees of a {@link HeldLock}, and the limits.
   */
  public static final class Permit implements Held {
    private final PermitScanner search;
    private final HeldLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Permit(PermitScanner search, HeldLock lock) {
      this.search = search;
      this.lock = lock;
    }

    /**
     * Returns the key of the lock that this permit is.
     *
     * @return the semaphore's key and the permit's number
     */
    public LockKey key() {
      return lock.key();
    }

    /**
     * Returns the number of this possession: greater than that of every earlier holder of the same
     * permit.
     *
     * @return as {@link HeldLock#fencingToken}; not to be compared with that of another permit
     */
    public long fencingToken() {
      return lock.fencingToken();
    }

    @Override
    public boolean isHeld() {
      return !closed.get() && lock.isHeld();
    }

    @Override
    public Duration remaining() {
      return closed.get() ? Duration.ZERO : lock.remaining();
    }

    @Override
    public void ensureHeld() {
      requireOpen();
      lock.ensureHeld();
    }

    @Override
    public void ensureHeldFor(Duration duration) {
      requireOpen();
      lock.ensureHeldFor(duration);
    }

    @Override
    public Permit onRevoked(Consumer<? super Revocation> callback) {
      HeldLock unused = lock.onRevoked(callback);
      return this;
    }

    @Override
    public Optional<Revocation> revocation() {
      return lock.revocation();
    }

    /**
     * Gives the permit back: to the first waiter of this client, or, if there is none, to all
     * clients. The method waits until that is confirmed, as {@link HeldLock#close} does.
     */
    @Override
    public void close() {
      search.await(startClosing());
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
      return startClosing().copy();
    }

    private CompletableFuture<Void> startClosing() {
      if (closed.compareAndSet(false, true)) {
        CompletableFuture<Void> unused =
            search.end(lock).whenComplete((done, failure) -> ended.complete(null));
      }
      return ended;
    }

    private void requireOpen() {
      if (closed.get()) {
        throw new IllegalStateException(
            "Permit '" + lock.key() + "' (token " + lock.fencingToken() + ") was given back");
      }
    }

    @Override
    public String toString() {
      return "Permit(" + lock + (closed.get() ? ", closed)" : ")");
    }
  }
}
