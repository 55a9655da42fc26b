package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.CountedSemaphore.Permit;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The waiters of one client for the permits of one semaphore, in the order of their calls, and the
 * search for a permit for the first of them.
 *
 * <pre>
 *   first round:  try one, look at the others, try what looks free --none--> crowded
 *   crowded:      pause, look at the next, try it if it looks free, and so on
 *   a permit is given back here: the first gets it, by one write
 * </pre>
 *
 * <p>At most one read or try is under way, however many callers wait. In addition, there is one
 * acquisition for each permit that is passed on.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class PermitScanner {
  /** The first pause; each is longer than the one before. */
  private static final long FIRST_PAUSE = 25_000_000;

  private static final double GROWTH = 1.25;

  /** The time of a round of reads, unless the number of permits makes it longer. */
  private static final long ROUND = 1_000_000_000;

  /** At most twenty reads a second, however many permits there are. */
  private static final long SHORTEST_PAUSE_IN_THE_END = 50_000_000;

  /** The longest wait for a permit that is passed on. */
  private static final Duration PASSING = Duration.ofSeconds(1);

  private final LockClient client;
  private final RecipeSupport support;
  private final LockRequest request;
  private final List<LockKey> keys;
  private final Executor serial;

  /** The waiters, in the order of their calls. */
  private final TreeMap<Long, Wanted<Permit>> waiters = new TreeMap<>();

  /** The number of permits that are being passed on to the first waiters. */
  private int onTheirWay;

  private long arrivals;
  private int next;
  private int looked;
  private boolean crowded;
  private boolean busy;
  private boolean trying;
  private long pause = FIRST_PAUSE;
  private @Nullable LockNotAcquiredException lastRefusal;
  private @Nullable LockStoreException lastFailure;

  PermitScanner(
      LockClient client,
      RecipeSupport support,
      LockRequest request,
      List<LockKey> keys,
      Executor serial) {
    this.client = client;
    this.support = support;
    this.request = request;
    this.keys = keys;
    this.serial = serial;
  }

  // Waiters

  void add(Wanted<Permit> waiter) {
    if (waiter.isOver()) {
      return;
    }
    if (waiters.isEmpty()) {
      looked = 0;
      crowded = false;
      lastRefusal = null;
      lastFailure = null;
      next = support.random(keys.size());
    } else if (waiter.isOneTry()) {
      giveUp(waiter);
      return;
    }
    long arrival = arrivals++;
    waiters.put(arrival, waiter);
    if (!waiter.isOneTry()) {
      waiter.whenUp(serial, () -> timeUp(arrival), () -> waiters.remove(arrival));
    }
    goOn();
  }

  /** Returns the first waiter without a permit on its way. */
  private Map.@Nullable Entry<Long, Wanted<Permit>> firstSearching() {
    int covered = onTheirWay;
    Iterator<Map.Entry<Long, Wanted<Permit>>> all = waiters.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Wanted<Permit>> entry = all.next();
      if (entry.getValue().isOver()) {
        all.remove();
      } else if (covered-- <= 0) {
        return entry;
      }
    }
    return null;
  }

  private void timeUp(long arrival) {
    Wanted<Permit> waiter = waiters.get(arrival);
    if (waiter != null && !mayStillGetOne(arrival)) {
      waiters.remove(arrival);
      giveUp(waiter);
    }
  }

  /**
   * Returns whether the waiter goes on waiting: a request under way may still get a permit for it,
   * or is the first that tells anything.
   */
  private boolean mayStillGetOne(long arrival) {
    var searching = firstSearching();
    return searching == null
        || arrival < searching.getKey()
        || (trying && arrival == searching.getKey())
        || (busy && !crowded && lastRefusal == null && lastFailure == null);
  }

  private void giveUp(Wanted<Permit> waiter) {
    if (lastFailure != null) {
      waiter.fail(RecipeSupport.failureLike(lastFailure));
    } else {
      waiter.notAcquired(lastRefusal);
    }
  }

  // Search

  private void goOn() {
    if (!busy) {
      step();
    }
  }

  private void step() {
    busy = false;
    trying = false;
    var first = firstSearching();
    while (first != null && isOut(first.getValue())) {
      waiters.remove(first.getKey());
      giveUp(first.getValue());
      first = firstSearching();
    }
    if (first == null) {
      return;
    }
    crowded |= looked >= keys.size();
    busy = true;
    if (crowded) {
      long nanos = nextPause();
      var unused = support.after(Duration.ofNanos(nanos), serial, this::lookAtNext);
    } else if (looked == 0) {
      tryNext();
    } else {
      lookAtNext();
    }
  }

  /** Returns whether the waiter has used up its tries or its time. */
  private boolean isOut(Wanted<Permit> waiter) {
    return waiter.isOneTry() ? looked >= keys.size() : waiter.isTimeUp();
  }

  private long nextPause() {
    long longest = Math.max(ROUND / keys.size(), SHORTEST_PAUSE_IN_THE_END);
    long nanos = Math.min(pause, longest);
    pause = Math.min((long) (pause * GROWTH), longest);
    return nanos;
  }

  private LockKey advance() {
    LockKey key = keys.get(next);
    next = (next + 1) % keys.size();
    looked++;
    return key;
  }

  private void tryNext() {
    tryToTake(advance());
  }

  private void lookAtNext() {
    if (firstSearching() == null) {
      busy = false;
      return;
    }
    LockKey key = advance();
    CompletableFuture<Boolean> unused =
        support
            .mayBeFree(key, !crowded)
            .whenCompleteAsync(
                (free, failure) -> {
                  if (failure != null) {
                    failed(Acquiring.reason(failure));
                  } else if (free) {
                    tryToTake(key);
                  } else {
                    lastFailure = null;
                    step();
                  }
                },
                serial);
  }

  private void tryToTake(LockKey key) {
    trying = true;
    CompletableFuture<HeldLock> unused =
        Acquiring.of(client, request, key, Duration.ZERO)
            .whenCompleteAsync(
                (lock, failure) -> {
                  if (failure == null) {
                    taken(lock);
                  } else {
                    failed(Acquiring.reason(failure));
                  }
                },
                serial);
  }

  private void taken(HeldLock lock) {
    lastFailure = null;
    deliver(lock);
    step();
  }

  /** Gives a permit to the first of all waiters, however the permit came. */
  private void deliver(HeldLock lock) {
    var first = waiters.pollFirstEntry();
    while (first != null && first.getValue().isOver()) {
      first = waiters.pollFirstEntry();
    }
    if (first == null) {
      var unused = lock.closeAsync();
      return;
    }
    // If one permit was free, more may be.
    looked = 0;
    pause = FIRST_PAUSE;
    first.getValue().give(new Permit(this, lock));
  }

  private void failed(Throwable why) {
    if (Acquiring.isHeld(why)) {
      lastFailure = null;
      lastRefusal = (LockNotAcquiredException) why;
      step();
      return;
    }
    var first = firstSearching();
    if (first == null) {
      lastFailure = null;
    } else if (!first.getValue().isOneTry()
        && why instanceof LockStoreException store
        && store.kind().isTransient()) {
      lastFailure = store;
      crowded = true;
    } else {
      waiters.remove(first.getKey());
      first.getValue().fail(why);
      looked = 0;
    }
    step();
  }

  // Giving back

  /**
   * Gives a permit back: to the first waiter of this client, or, if there is none, to all clients.
   */
  void giveBack(HeldLock lock, CompletableFuture<Void> done) {
    var searching = lock.isHeld() ? firstSearching() : null;
    if (searching == null || searching.getValue().isTimeUp()) {
      free(lock, done);
      return;
    }
    Wanted<Permit> first = searching.getValue();
    onTheirWay++;
    looked = 0;
    Duration patience = first.left().compareTo(PASSING) < 0 ? first.left() : PASSING;
    // The new acquisition waits before the release, so the release passes the lock on to it.
    CompletableFuture<HeldLock> unused =
        Acquiring.of(client, request, lock.key(), patience)
            .whenCompleteAsync(this::passedOn, serial);
    free(lock, done);
  }

  private static void free(HeldLock lock, CompletableFuture<Void> done) {
    CompletableFuture<Void> unused =
        lock.closeAsync().whenComplete((released, failure) -> done.complete(null));
  }

  private void passedOn(@Nullable HeldLock passed, @Nullable Throwable failure) {
    onTheirWay--;
    if (passed != null) {
      deliver(passed);
      return;
    }
    Throwable why = Acquiring.reason(failure);
    var first = firstSearching();
    if (first == null) {
      return;
    }
    if (Acquiring.isHeld(why) || why instanceof LockStoreException) {
      // The search goes on as if no permit had been passed on.
      crowded = true;
      List<Long> late =
          waiters.entrySet().stream()
              .filter(entry -> entry.getValue().isTimeUp())
              .map(Map.Entry::getKey)
              .toList();
      late.forEach(this::timeUp);
    } else {
      waiters.remove(first.getKey());
      first.getValue().fail(why);
    }
    goOn();
  }

  /** Ends a permit. Any thread. */
  CompletableFuture<Void> end(HeldLock lock) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    support.untilClosed(done, () -> done.complete(null));
    serial.execute(() -> giveBack(lock, done));
    return done;
  }

  /** Blocks until a permit has ended. */
  void await(CompletableFuture<Void> done) {
    Void unused = support.awaitUninterruptibly(done);
  }
}
