package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A number of permits, each for one holder at a time: so many may do something at once, wherever
 * they run.
 *
 * <p><b>What it does not give.</b> A permit is a lock with all that {@link HeldLock} says of it: it
 * can end at any moment, and a paused holder learns of it when it runs again; for that long one
 * more may be at work. Its fencing token orders the holders of that one permit, and tells nothing
 * of those of others. Clients get permits in no particular order among each other; callers of one
 * client get them in the order in which they came.
 *
 * <p>Permit <i>n</i> of semaphore {@code key} is the lock {@code key/n}, from {@code key/0} on (in
 * a table with a sort key, the partition key is extended). The permit of a dead holder is taken
 * over a lease later, like any lock. Nothing says how many permits there are but the clients
 * themselves: where two disagree, each uses the first so many, so that the largest number is the
 * bound. To have fewer, let all clients restart with the smaller number; until the last has, the
 * larger one counts.
 *
 * <p><b>Cost.</b> A permit that is free at the first try costs one write. Where others hold some, a
 * try is one write and a consistent read for each permit that is held, up to the first free one.
 * While callers wait, a client looks at one permit after another, for the first of its callers
 * only: all permits within a second, or {@code permits / 20} seconds, if that is longer; at most
 * twenty eventually consistent reads a second (twice as many for permits with shared leases). A
 * permit that is given back by this client goes to the first who waits here, with one write for
 * both.
 *
 * <pre>{@code
 * CountedSemaphore uploads = CountedSemaphore.of(client, "uploads", 10);
 * try (CountedSemaphore.Permit permit = uploads.acquire(Duration.ofMinutes(1))) {
 *   upload();
 * }
 * }</pre>
 */
public final class CountedSemaphore {
  private final RecipeSupport support;
  private final LockRequest request;
  private final int permits;
  private final Executor serial;
  private final PermitSearch search;

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
    this.support = RecipeSupport.of(client);
    this.request = request;
    this.permits = permits;
    this.serial = support.serial();
    this.search =
        new PermitSearch(
            client,
            support,
            request,
            IntStream.range(0, permits)
                .mapToObj(n -> Acquiring.part(request.key(), Integer.toString(n)))
                .toList(),
            serial);
  }

  /**
   * A semaphore whose permits have the client's lease.
   *
   * @param client takes the permits
   * @param key the semaphore; its permits are the locks {@code key/0} and so on
   * @param permits how many, 1 to 100; the same in all clients
   * @return the semaphore; sends nothing
   */
  public static CountedSemaphore of(LockClient client, String key, int permits) {
    return of(client, LockRequest.of(key), permits);
  }

  /**
   * A semaphore whose permits are taken as a request says: with its lease, data and attributes.
   *
   * @param client takes the permits
   * @param request names the semaphore, and says how each permit is taken; how long to wait is told
   *     by {@link #acquire}, whatever the request says
   * @param permits how many, 1 to 100; the same in all clients
   * @return the semaphore; sends nothing
   */
  public static CountedSemaphore of(LockClient client, LockRequest request, int permits) {
    return new CountedSemaphore(client, request, permits);
  }

  /**
   * Takes a permit if one is free now: one look at each, and nobody of this client waits.
   *
   * <p>A dead holder's permit is taken, too, once this client has seen it unrenewed for a lease.
   *
   * @return empty if all are held
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Optional<Permit> tryAcquire() throws InterruptedException {
    return begin(Duration.ZERO).awaitIfFree();
  }

  /**
   * Takes a permit, waiting for it.
   *
   * @param waitUpTo how long, not negative; zero means one look at each permit
   * @return the permit
   * @throws LockNotAcquiredException if all were held all the time, or the client is closed
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a permit is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; no permit is held then
   */
  public Permit acquire(Duration waitUpTo) throws InterruptedException {
    return begin(waitUpTo).await();
  }

  /**
   * Like {@link #acquire}, without blocking. Completes on the callback executor. Completing it in
   * any other way, by cancelling it or by a timeout, gives the wait up.
   *
   * @param waitUpTo how long, not negative; zero means one look at each permit
   * @return the permit, or one of the exceptions of {@link #acquire}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Permit> acquireAsync(Duration waitUpTo) {
    return begin(waitUpTo).future();
  }

  private Wanted<Permit> begin(Duration waitUpTo) {
    Wanted<Permit> wanted = new Wanted<>(support, request, waitUpTo);
    wanted.begin(serial, () -> search.add(wanted));
    return wanted;
  }

  /**
   * How many permits this client believes there are.
   *
   * @return as it was told
   */
  public int permits() {
    return permits;
  }

  @Override
  public String toString() {
    return "CountedSemaphore(" + request.key() + ", " + permits + " permits)";
  }

  /**
   * One permit of a {@link CountedSemaphore}, from its grant until it is given back or lost: a
   * {@link HeldLock} in all it promises, and in what it does not.
   */
  public static final class Permit implements Held {
    private final PermitSearch search;
    private final HeldLock lock;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    Permit(PermitSearch search, HeldLock lock) {
      this.search = search;
      this.lock = lock;
    }

    /**
     * The lock that this permit is.
     *
     * @return the semaphore's key and the permit's number
     */
    public LockKey key() {
      return lock.key();
    }

    /**
     * The number of this possession: greater than that of every earlier holder of this very permit.
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
     * Gives the permit back, to the first who waits for one in this client, or else to everybody;
     * waits until that is confirmed, as {@link HeldLock#close} does.
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
