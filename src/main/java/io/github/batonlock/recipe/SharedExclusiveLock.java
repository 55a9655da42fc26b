package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.recipe.CountedSemaphore.Permit;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A lock that either one writer has, or a bounded number of readers together.
 *
 * <p><b>What it does not give.</b> It rests on leases, like {@link HeldLock}: a paused holder
 * learns of its loss when it runs again. A reader has no token that orders it with writers; who
 * must not act on what is out of date, writes with a writer's token. Readers wait as long as
 * writers follow one another without a gap. Neither can a reader become a writer, nor the other way
 * round, without letting go first. It is not reentrant: a reader that wants to enter again may wait
 * for a writer who waits for it.
 *
 * <p>Readers hold one of so many permits, the locks {@code key/0} and so on. A writer takes the
 * lock {@code key/gate} and then all permits: so it is alone, whatever others do. Readers look at
 * the gate before they enter and after they have a permit, and step back where it is closed; so a
 * waiting writer gets its turn when those have left that were inside. A dead reader is outwaited
 * for a lease; a dead writer for two, that of the gate and then those of the permits, or for one if
 * they share it. All clients must agree on the number of readers: with a smaller number than a
 * reader's, a writer does not wait for it.
 *
 * <p><b>Cost.</b> A reader: one write to enter, one to leave, and two eventually consistent reads.
 * While it waits for a writer: at most one read a second for all readers of a client, and more
 * often only in the first moments. A writer: a write for the gate and each permit to enter, as many
 * to leave; while readers are inside, less than a read a second for each of their permits. With own
 * leases it renews all of them; with {@code LockRequest.Builder.leases(Leases.shared())} only its
 * session, which is recommended unless foreign clients use the table.
 *
 * <pre>{@code
 * SharedExclusiveLock catalogue = SharedExclusiveLock.of(client, "catalogue");
 * try (Held reader = catalogue.acquireShared(Duration.ofSeconds(30))) {
 *   search(query);
 * }
 * try (SharedExclusiveLock.Exclusive writer = catalogue.acquireExclusive(Duration.ofMinutes(1))) {
 *   replace(writer.fencingToken());
 * }
 * }</pre>
 */
public final class SharedExclusiveLock {
  private static final int DEFAULT_READERS = 16;

  private final LockClient client;
  private final RecipeSupport support;
  private final LockRequest request;
  private final LockKey gate;
  private final List<LockKey> permits;
  private final Executor serial;
  private final SharedEntry readers;

  private SharedExclusiveLock(LockClient client, LockRequest request, int maxReaders) {
    int most = Bound.READERS.defaultValue();
    if (maxReaders < 1 || maxReaders > most) {
      throw new IllegalArgumentException(
          "Lock '"
              + request.key()
              + "' is to have at most "
              + maxReaders
              + " readers; use 1 to "
              + most);
    }
    this.client = Objects.requireNonNull(client, "client");
    this.request = request;
    this.support = RecipeSupport.of(client);
    this.gate = Acquiring.part(request.key(), "gate");
    this.permits =
        IntStream.range(0, maxReaders)
            .mapToObj(n -> Acquiring.part(request.key(), Integer.toString(n)))
            .toList();
    this.serial = support.serial();
    this.readers =
        new SharedEntry(support, gate, CountedSemaphore.of(client, request, maxReaders), serial);
  }

  /**
   * A lock for up to 16 readers at once, with the client's lease.
   *
   * @param client takes the locks
   * @param key the lock; what it is made of are the locks {@code key/gate}, {@code key/0} and so on
   * @return the lock; sends nothing
   */
  public static SharedExclusiveLock of(LockClient client, String key) {
    return of(client, LockRequest.of(key), DEFAULT_READERS);
  }

  /**
   * A lock whose parts are taken as a request says: with its lease, data and attributes.
   *
   * @param client takes the locks
   * @param request names the lock, and says how each part is taken; how long to wait is told by the
   *     methods, whatever the request says
   * @param maxReaders how many readers at once, 1 to 99; the same in all clients
   * @return the lock; sends nothing
   */
  public static SharedExclusiveLock of(LockClient client, LockRequest request, int maxReaders) {
    return new SharedExclusiveLock(client, request, maxReaders);
  }

  /**
   * Enters as a reader if that is possible now, and no other reader of this client waits.
   *
   * @return empty if a writer is inside or waits, or all readers' places are taken
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireShared
   */
  public Optional<Held> tryAcquireShared() throws InterruptedException {
    return beginShared(Duration.ZERO).awaitIfFree().map(reader -> reader);
  }

  /**
   * Enters as a reader. Readers of one client enter in the order in which they came.
   *
   * @param waitUpTo how long to wait, not negative; zero means one look
   * @return what the reader has
   * @throws LockNotAcquiredException if that was not possible in time, or the client is closed
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; nothing is held then
   */
  public Held acquireShared(Duration waitUpTo) throws InterruptedException {
    return beginShared(waitUpTo).await();
  }

  /**
   * Like {@link #acquireShared}, without blocking. Completes on the callback executor. Completing
   * it in any other way, by cancelling it or by a timeout, gives the wait up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one look
   * @return what the reader has, or one of the exceptions of {@link #acquireShared}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<? extends Held> acquireSharedAsync(Duration waitUpTo) {
    return beginShared(waitUpTo).future();
  }

  private Wanted<Permit> beginShared(Duration waitUpTo) {
    Wanted<Permit> reader = new Wanted<>(support, request, waitUpTo);
    reader.begin(serial, () -> readers.add(reader));
    return reader;
  }

  /**
   * Enters as the writer if nobody is inside now.
   *
   * @return empty if somebody is inside, or another writer waits
   * @throws InterruptedException if interrupted first; nothing is held then
   * @see #acquireExclusive
   */
  public Optional<Exclusive> tryAcquireExclusive() throws InterruptedException {
    return beginExclusive(Duration.ZERO).awaitIfFree();
  }

  /**
   * Enters as the writer. Writers of one client enter in the order in which they came.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return what the writer has
   * @throws LockNotAcquiredException if that was not possible in time, or the client is closed;
   *     names a part that was held, and by whom
   * @throws io.github.batonlock.LockStoreException if the table could not be read or written
   * @throws io.github.batonlock.MalformedLockItemException if the item of a part is not a lock
   * @throws IllegalArgumentException if the request does not fit the client's configuration
   * @throws InterruptedException if interrupted first; nothing is held then
   */
  public Exclusive acquireExclusive(Duration waitUpTo) throws InterruptedException {
    return beginExclusive(waitUpTo).await();
  }

  /**
   * Like {@link #acquireExclusive}, without blocking. Completes on the callback executor.
   * Completing it in any other way, by cancelling it or by a timeout, gives the wait up.
   *
   * @param waitUpTo how long to wait, not negative; zero means one try
   * @return what the writer has, or one of the exceptions of {@link #acquireExclusive}
   * @throws IllegalArgumentException if the time or the request is out of range
   */
  public CompletableFuture<Exclusive> acquireExclusiveAsync(Duration waitUpTo) {
    return beginExclusive(waitUpTo).future();
  }

  private Wanted<Exclusive> beginExclusive(Duration waitUpTo) {
    Wanted<Exclusive> writer = new Wanted<>(support, request, waitUpTo);
    ExclusiveEntry entry =
        new ExclusiveEntry(client, support, request, gate, permits, serial, writer);
    List<LockKey> keys = Stream.concat(Stream.of(gate), permits.stream()).toList();
    writer.beginUnlessHeldHere(keys, serial, entry::begin);
    return writer;
  }

  @Override
  public String toString() {
    return "SharedExclusiveLock(" + request.key() + ", " + permits.size() + " readers)";
  }

  /** What the writer has: the gate and all permits. */
  public interface Exclusive extends Held {

    /**
     * The number of this writer: greater than that of every earlier writer of this lock.
     *
     * <p>It is the gate's. A writer has the gate before its permits and until it has all of them;
     * so writers enter in the order in which they had the gate.
     *
     * @return as {@link HeldLock#fencingToken}
     */
    long fencingToken();
  }
}
