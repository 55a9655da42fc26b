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
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * A lock that is held either by one writer, or by a bounded number of readers together.
 *
 * <p><b>What it does not guarantee.</b> It is built on leases, like {@link HeldLock}: a paused
 * holder learns of its loss when it runs again. The token of a writer orders the writers. The token
 * of a reader orders it with no writer; a caller that must not act on outdated data should write,
 * with a writer's token. Readers wait as long as writers follow one another without a gap. A reader
 * cannot become a writer, nor a writer a reader, without releasing the lock first. The lock is not
 * reentrant: a reader that wants to enter again may wait for a writer that waits for that reader.
 *
 * <p>A reader holds one of a fixed number of permits, the locks {@code key/0} and so on. A writer
 * acquires the lock {@code key/gate} and then all permits, so it is alone, whatever other clients
 * do. Readers read the gate before they enter and after they have a permit, and step back if it is
 * closed. So a waiting writer gets its turn when the readers inside have left. A dead reader is
 * outwaited for one lease. A dead writer is outwaited for two leases, that of the gate and then
 * those of the permits, or for one lease if they share it. All clients must agree on the number of
 * readers: a writer with a smaller number than a reader's does not wait for that reader.
 *
 * <p><b>Cost.</b> A reader costs one write to enter, one to leave, and two eventually consistent
 * reads. While readers wait for a writer, all readers of a client together cost at most one read a
 * second, and more only in the first moments. A writer costs one write for the gate and one for
 * each permit to enter, and as many to leave; while readers are inside, it costs less than one read
 * a second for each of their permits. With own leases a writer renews all of these locks; with
 * {@code LockRequest.Builder.leases(Leases.shared())} it renews only its session, which is
 * recommended unless foreign clients use the table.
 *
 * <pre>{@code
 * SharedExclusiveLock catalogue = SharedExclusiveLock.of(client, "catalogue", 16);
 * try (Hold reader = catalogue.acquireShared(Duration.ofSeconds(30))) {
 *   search(query);
 * }
 * try (Hold writer = catalogue.acquireExclusive(Duration.ofMinutes(1))) {
 *   replace(writer.fencingToken());
 * }
 * }</pre>
 */
public final class SharedExclusiveLock {
  private final LockClient client;
  private final RecipeSupport support;
  private final Goal reading;
  private final Goal writing;
  private final LockKey gate;
  private final List<LockKey> permits;
  private final Executor serial;
  private final Waiters<Hold> readers;

  private SharedExclusiveLock(LockClient client, LockRequest request, int maxReaders) {
    int most = Bound.READERS.defaultValue();
    if (maxReaders < 1 || maxReaders > most) {
      throw new IllegalArgumentException(
          "SharedExclusiveLock '"
              + request.key()
              + "' is to have at most "
              + maxReaders
              + " readers; use 1 to "
              + most);
    }
    RequestOptions options = new RequestOptions("SharedExclusiveLock", request);
    options.refuseWait("acquireShared(Duration) or acquireExclusive(Duration)");
    options.refuseReleaseRequest();
    options.refuseStallLimit();
    options.refuseOnlyIfExists();
    options.refuseHoldAtLeast();
    this.client = Objects.requireNonNull(client, "client");
    this.reading =
        new Goal(
            "SharedExclusiveLock",
            "let no reader in",
            "a writer is inside or waits, or all permits of readers are held",
            Goal.waitLonger("acquireShared"),
            List.of(request));
    this.writing =
        new Goal(
            "SharedExclusiveLock",
            "let no writer in",
            "it is held",
            Goal.waitLonger("acquireExclusive"),
            List.of(request));
    this.support = RecipeSupport.of(client);
    this.gate = Acquiring.part(request.key(), "gate");
    this.permits = CountedSemaphore.keys(request.key(), maxReaders);
    this.serial = support.serial();
    PermitScanner scanner =
        new PermitScanner(client, support, reading.ofParts(), permits, support.serial());
    this.readers =
        new Waiters<>(
            support, serial, Pauses.usual(), new SharedEntry(support, gate, scanner, serial));
  }

  /**
   * Returns a lock with the client's lease.
   *
   * @param client acquires the locks
   * @param key the lock; its parts are the locks {@code key/gate}, {@code key/0} and so on
   * @param maxReaders the number of readers at once, 1 to 99; the same in all clients
   * @return the lock; this method sends no request
   */
  public static SharedExclusiveLock of(LockClient client, String key, int maxReaders) {
    return of(client, LockRequest.of(key), maxReaders);
  }

  /**
   * Returns a lock with the client's lease.
   *
   * @param client acquires the locks
   * @param key the lock; its parts are the locks {@code key/gate}, {@code key/0} and so on
   * @param maxReaders the number of readers at once, 1 to 99; the same in all clients
   * @return the lock; this method sends no request
   */
  public static SharedExclusiveLock of(LockClient client, LockKey key, int maxReaders) {
    return of(client, LockRequest.of(key), maxReaders);
  }

  /**
   * Returns a lock that acquires its parts as a request says: with its lease, data and attributes.
   *
   * @param client acquires the locks
   * @param request names the lock, and says how each part is acquired; without a waiting time (it
   *     is an argument of the methods), {@code requestRelease}, {@code stallLimit}, {@code
   *     onlyIfExists} and {@code holdAtLeast}
   * @param maxReaders the number of readers at once, 1 to 99; the same in all clients
   * @return the lock; this method sends no request
   * @throws IllegalArgumentException if the number is out of range, or the request has one of the
   *     options above
   */
  public static SharedExclusiveLock of(LockClient client, LockRequest request, int maxReaders) {
    return new SharedExclusiveLock(client, request, maxReaders);
  }

  /**
   * Enters as a reader only if that is possible now and no other reader of this client waits.
   *
   * @return the reader's hold, as for {@link #acquireShared(Duration)}; empty if a writer is inside
   *     or waits, or all readers' permits are held
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireShared(Duration)
   */
  public Optional<Hold> tryAcquireShared() throws InterruptedException {
    return beginShared(Duration.ZERO).awaitIfFree();
  }

  /**
   * Enters as a reader like {@link #tryAcquireShared}, without blocking. The future completes on
   * the callback executor. If the caller completes it in any other way, the try is given up.
   *
   * @return the reader's hold; empty if a writer is inside or waits, or all readers' permits are
   *     held; or one of the exceptions of {@link #acquireShared(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  public CompletableFuture<Optional<Hold>> tryAcquireSharedAsync() {
    return beginShared(Duration.ZERO).futureIfFree();
  }

  /**
   * Enters as a reader, waiting for up to twice the lease.
   *
   * @return the reader's hold
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireShared(Duration)
   */
  public Hold acquireShared() throws InterruptedException {
    return acquireShared(reading.usualWait(support));
  }

  /**
   * Enters as a reader. Readers of one client enter in the order in which they came.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the reader's hold; its key and token are those of the reader's permit, lock {@code
   *     key/n}: the token orders the reader with no writer
   * @throws LockNotAcquiredException if the reader could not enter in time, or the client is
   *     closed; names the lock, and as holder that of a part, if one is known
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; nothing is held then
   */
  public Hold acquireShared(Duration waitUpTo) throws InterruptedException {
    return beginShared(waitUpTo).await();
  }

  /**
   * Enters as a reader like {@link #acquireShared()}, without blocking.
   *
   * @return the reader's hold, or one of the exceptions of {@link #acquireShared(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @see #acquireSharedAsync(Duration)
   */
  public CompletableFuture<Hold> acquireSharedAsync() {
    return acquireSharedAsync(reading.usualWait(support));
  }

  /**
   * Enters as a reader like {@link #acquireShared(Duration)}, without blocking. The future
   * completes on the callback executor. If the caller completes it in any other way, by cancelling
   * it or by a timeout, the wait is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the reader's hold, or one of the exceptions of {@link #acquireShared(Duration)}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Hold> acquireSharedAsync(Duration waitUpTo) {
    return beginShared(waitUpTo).future();
  }

  private PendingAcquisition<Hold> beginShared(Duration waitUpTo) {
    return readers.enter(reading, waitUpTo);
  }

  /**
   * Enters as the writer only if no reader and no writer is inside now.
   *
   * @return the writer's hold, as for {@link #acquireExclusive(Duration)}; empty if a reader or a
   *     writer is inside, or another writer waits
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireExclusive(Duration)
   */
  public Optional<Hold> tryAcquireExclusive() throws InterruptedException {
    return beginExclusive(Duration.ZERO).awaitIfFree();
  }

  /**
   * Enters as the writer like {@link #tryAcquireExclusive}, without blocking. The future completes
   * on the callback executor. If the caller completes it in any other way, the try is given up.
   *
   * @return the writer's hold; empty if a reader or a writer is inside, or another writer waits; or
   *     one of the exceptions of {@link #acquireExclusive(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   */
  public CompletableFuture<Optional<Hold>> tryAcquireExclusiveAsync() {
    return beginExclusive(Duration.ZERO).futureIfFree();
  }

  /**
   * Enters as the writer, waiting for up to twice the lease.
   *
   * @return the writer's hold
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireExclusive(Duration)
   */
  public Hold acquireExclusive() throws InterruptedException {
    return acquireExclusive(writing.usualWait(support));
  }

  /**
   * Enters as the writer. Writers of one client enter in the order in which they came.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the writer's hold; its key and token are those of the gate, lock {@code key/gate}. A
   *     writer acquires the gate before its permits and holds it until it has all of them, so the
   *     token is greater than that of every earlier writer
   * @throws LockNotAcquiredException if the writer could not enter in time, or the client is
   *     closed; names the lock, and as holder that of a part
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; nothing is held then
   */
  public Hold acquireExclusive(Duration waitUpTo) throws InterruptedException {
    return beginExclusive(waitUpTo).await();
  }

  /**
   * Enters as the writer like {@link #acquireExclusive()}, without blocking.
   *
   * @return the writer's hold, or one of the exceptions of {@link #acquireExclusive(Duration)}
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @see #acquireExclusiveAsync(Duration)
   */
  public CompletableFuture<Hold> acquireExclusiveAsync() {
    return acquireExclusiveAsync(writing.usualWait(support));
  }

  /**
   * Enters as the writer like {@link #acquireExclusive(Duration)}, without blocking. The future
   * completes on the callback executor. If the caller completes it in any other way, by cancelling
   * it or by a timeout, the wait is given up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return the writer's hold, or one of the exceptions of {@link #acquireExclusive(Duration)}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Hold> acquireExclusiveAsync(Duration waitUpTo) {
    return beginExclusive(waitUpTo).future();
  }

  private PendingAcquisition<Hold> beginExclusive(Duration waitUpTo) {
    LockRequest part = writing.ofParts().requests().get(0);
    Waiters<Hold> alone =
        new Waiters<>(
            support,
            serial,
            Pauses.usual(),
            writer ->
                new ExclusiveEntry(client, support, part, serial, writer).begin(gate, permits));
    List<LockKey> keys = Stream.concat(Stream.of(gate), permits.stream()).toList();
    return alone.enterUnlessHeldHere(writing, waitUpTo, keys);
  }

  @Override
  public String toString() {
    return "SharedExclusiveLock(" + reading.key() + ", " + permits.size() + " readers)";
  }
}
