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
import io.github.batonlock.recipe.MultiLock.HeldLocks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One caller's acquisition of several locks.
 *
 * <pre>
 *   transaction for all but the one waited for --granted--> done
 *     ^                 | one is held
 *     |                 v
 *     '--granted-- give back the one waited for, wait for that which is held
 *
 *   without transactions: the first, the second, ... in the order of keys
 * </pre>
 *
 * <p>Each round uses one of the two modes and begins without any lock. Another entry may detect
 * that the table has no transactions while this one waits. Then a round in order keeps the locks in
 * hand only if they are the first locks in order.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class JointEntry {
  private static final long FIRST_PAUSE = 50_000_000;
  private static final long LONGEST_PAUSE = 1_000_000_000;

  private final LockClient client;
  private final RecipeSupport support;
  private final List<LockRequest> requests;
  private final Executor serial;
  private final AtomicBoolean hasTransactions;
  private final Wanted<HeldLocks> wanted;
  private final List<HeldLock> taken = new ArrayList<>();
  private @Nullable CompletableFuture<?> waiting;
  private boolean together;
  private long pause = FIRST_PAUSE;

  JointEntry(
      LockClient client,
      RecipeSupport support,
      List<LockRequest> requests,
      Executor serial,
      AtomicBoolean hasTransactions,
      Wanted<HeldLocks> wanted) {
    this.client = client;
    this.support = support;
    this.requests = requests;
    this.serial = serial;
    this.hasTransactions = hasTransactions;
    this.wanted = wanted;
  }

  void begin() {
    // The time is checked between tries; this handles only a caller that has left.
    wanted.whenGone(serial, this::stopWaiting);
    beginRound();
  }

  private void beginRound() {
    together = hasTransactions.get();
    next();
  }

  private void stopWaiting() {
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  private void next() {
    if (wanted.isOver()) {
      releaseAll();
    } else if (taken.size() == requests.size()) {
      allTaken();
    } else if (together) {
      takeTogether();
    } else {
      takeNextInOrder();
    }
  }

  private void allTaken() {
    if (!taken.stream().allMatch(HeldLock::isHeld)) {
      // A lock was lost during the wait for the other locks.
      releaseAll();
      again(null);
      return;
    }
    List<HeldLock> inOrder = requests.stream().map(request -> lockOf(request.key())).toList();
    Hold hold = new Hold(support, inOrder);
    hold.follow();
    taken.clear();
    wanted.give(hold);
  }

  private HeldLock lockOf(LockKey key) {
    return taken.stream().filter(lock -> lock.key().equals(key)).findFirst().orElseThrow();
  }

  // In one transaction

  private void takeTogether() {
    List<LockRequest> rest =
        requests.stream()
            .filter(request -> taken.stream().noneMatch(had -> had.key().equals(request.key())))
            .toList();
    CompletableFuture<List<HeldLock>> transaction = together(rest);
    waiting = transaction;
    CompletableFuture<List<HeldLock>> unused =
        transaction.whenCompleteAsync(
            (locks, failure) -> {
              waiting = null;
              if (locks != null) {
                taken.addAll(locks);
                next();
              } else {
                notTogether(Acquiring.reason(failure));
              }
            },
            serial);
  }

  private CompletableFuture<List<HeldLock>> together(List<LockRequest> rest) {
    try {
      Duration left = wanted.left();
      return support.acquireTogether(
          rest.stream().map(request -> request.toBuilder().waitUpTo(left).build()).toList());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void notTogether(Throwable why) {
    releaseAll();
    if (Acquiring.isHeld(why)) {
      LockNotAcquiredException refused = (LockNotAcquiredException) why;
      LockKey blocker = refused.key();
      if (isTimeUp() || blocker == null) {
        wanted.notAcquired(refused);
      } else if (hasTransactions.get()) {
        waitFor(blocker);
      } else {
        beginRound();
      }
    } else if (why instanceof LockStoreException failure) {
      failed(failure);
    } else {
      wanted.fail(why);
    }
  }

  private void failed(LockStoreException failure) {
    boolean noTransactions =
        failure.kind() == LockStoreException.Kind.INVALID_REQUEST && !failure.mayHaveBeenApplied();
    if (noTransactions) {
      hasTransactions.set(false);
      beginRound();
    } else if (failure.kind().isTransient()) {
      again(failure);
    } else {
      wanted.fail(failure);
    }
  }

  /** Begins again after a pause, if there is time. */
  private void again(@Nullable LockStoreException failure) {
    if (!isTimeUp()) {
      var unused = support.after(Duration.ofNanos(pause), serial, this::beginRound);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    } else if (failure == null) {
      wanted.notAcquired(null);
    } else {
      wanted.fail(failure);
    }
  }

  private boolean isTimeUp() {
    return wanted.isOneTry() || wanted.isTimeUp();
  }

  private void waitFor(LockKey blocker) {
    CompletableFuture<HeldLock> lock =
        Acquiring.of(client, requestOf(blocker), blocker, wanted.left());
    waiting = lock;
    CompletableFuture<HeldLock> unused = lock.whenCompleteAsync(this::came, serial);
    if (wanted.isOver()) {
      stopWaiting();
    }
  }

  private LockRequest requestOf(LockKey key) {
    return requests.stream().filter(r -> r.key().equals(key)).findFirst().orElseThrow();
  }

  private void came(@Nullable HeldLock lock, @Nullable Throwable failure) {
    waiting = null;
    if (lock != null) {
      taken.add(lock);
      if (together && !hasTransactions.get()) {
        goOnInOrder();
      } else {
        next();
      }
      return;
    }
    releaseAll();
    Throwable why = Acquiring.reason(failure);
    if (Acquiring.isHeld(why)) {
      wanted.notAcquired((LockNotAcquiredException) why);
    } else {
      wanted.fail(why);
    }
  }

  // One after another

  /** Keeps the locks in hand only if they are the first locks of a round in order. */
  private void goOnInOrder() {
    together = false;
    if (!taken.get(0).key().equals(requests.get(0).key())) {
      releaseAll();
    }
    next();
  }

  private void takeNextInOrder() {
    waitFor(requests.get(taken.size()).key());
  }

  private void releaseAll() {
    List<HeldLock> all = List.copyOf(taken);
    taken.clear();
    CompletableFuture<Void> unused = Acquiring.closeAll(all);
  }

  /** The caller's hold. */
  private static final class Hold extends CompositeHold implements HeldLocks {
    Hold(RecipeSupport support, List<HeldLock> locks) {
      super(support, locks);
    }

    @Override
    public List<HeldLock> locks() {
      return all();
    }

    @Override
    public long fencingToken(LockKey key) {
      return all().stream()
          .filter(lock -> lock.key().equals(key))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "Lock '"
                          + key
                          + "' is not one of "
                          + all().stream().map(HeldLock::key).toList()))
          .fencingToken();
    }

    @Override
    public String toString() {
      return "HeldLocks(" + all() + ")";
    }
  }
}
