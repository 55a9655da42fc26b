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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How one caller acquires several locks.
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
 * <p>Each try uses one of the two modes and begins without any lock. Another entry may detect that
 * the table has no transactions while this one waits. Then a try in order keeps the lock in hand
 * only if it is the first lock in order.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class JointEntry implements Step<HeldLocks> {
  private final LockClient client;
  private final RecipeSupport support;
  private final List<LockRequest> requests;
  private final Executor serial;
  private final AtomicBoolean hasTransactions;
  private boolean together;

  /** The lock that was held when the last transaction was tried; waited for first. */
  private @Nullable LockKey blocker;

  JointEntry(
      LockClient client,
      RecipeSupport support,
      List<LockRequest> requests,
      Executor serial,
      AtomicBoolean hasTransactions) {
    this.client = client;
    this.support = support;
    this.requests = requests;
    this.serial = serial;
    this.hasTransactions = hasTransactions;
  }

  @Override
  public CompletableFuture<TryOutcome<HeldLocks>> tryOnce(PendingAcquisition<HeldLocks> caller) {
    together = hasTransactions.get();
    LockKey first = blocker;
    blocker = null;
    return together && first != null ? waitFor(first, caller) : next(caller);
  }

  private CompletableFuture<TryOutcome<HeldLocks>> next(PendingAcquisition<HeldLocks> caller) {
    List<HeldLock> taken = caller.hand().locks();
    if (taken.size() == requests.size()) {
      return CompletableFuture.completedFuture(allTaken(caller));
    }
    return together
        ? takeTogether(taken, caller)
        : waitFor(requests.get(taken.size()).key(), caller);
  }

  private TryOutcome<HeldLocks> allTaken(PendingAcquisition<HeldLocks> caller) {
    LocksInHand hand = caller.hand();
    if (!hand.areHeld()) {
      // A lock was lost during the wait for the other locks.
      return TryOutcome.notYet(null);
    }
    List<HeldLock> taken = hand.locks();
    List<HeldLock> inOrder =
        requests.stream().map(request -> lockOf(request.key(), taken).orElseThrow()).toList();
    return TryOutcome.got(new JointHold(caller.goal(), support, inOrder));
  }

  private static Optional<HeldLock> lockOf(LockKey key, List<HeldLock> locks) {
    return locks.stream().filter(lock -> lock.key().equals(key)).findFirst();
  }

  // In one transaction

  private CompletableFuture<TryOutcome<HeldLocks>> takeTogether(
      List<HeldLock> taken, PendingAcquisition<HeldLocks> caller) {
    List<LockRequest> rest =
        requests.stream()
            .filter(request -> lockOf(request.key(), taken).isEmpty())
            .map(request -> request.toBuilder().waitUpTo(caller.left()).build())
            .toList();
    return Acquiring.whicheverComes(
        caller.hand().locks(() -> support.acquireTogether(rest)),
        (nothing, failure) ->
            failure == null ? next(caller) : notTogether(Acquiring.reason(failure), caller),
        serial);
  }

  private CompletableFuture<TryOutcome<HeldLocks>> notTogether(
      Throwable why, PendingAcquisition<HeldLocks> caller) {
    if (isOfNoTransactions(why)) {
      hasTransactions.set(false);
      caller.hand().release();
      return tryOnce(caller);
    } else if (Acquiring.isHeld(why) && !caller.isTimeUp()) {
      blocker = ((LockNotAcquiredException) why).key();
      return CompletableFuture.completedFuture(TryOutcome.goOn(why));
    }
    return CompletableFuture.failedFuture(why);
  }

  private static boolean isOfNoTransactions(Throwable why) {
    return why instanceof LockStoreException failure
        && failure.kind() == LockStoreException.Kind.INVALID_REQUEST
        && !failure.mayHaveBeenApplied();
  }

  // One lock

  private CompletableFuture<TryOutcome<HeldLocks>> waitFor(
      LockKey key, PendingAcquisition<HeldLocks> caller) {
    return caller
        .hand()
        .lock(() -> Acquiring.of(client, requestOf(key), key, caller.left()))
        .thenComposeAsync(
            lock -> {
              if (together && !hasTransactions.get()) {
                goOnInOrder(lock, caller);
              }
              return next(caller);
            },
            serial);
  }

  private LockRequest requestOf(LockKey key) {
    return requests.stream().filter(r -> r.key().equals(key)).findFirst().orElseThrow();
  }

  /** Keeps the lock in hand only if it is the first lock of a try in order. */
  private void goOnInOrder(HeldLock lock, PendingAcquisition<HeldLocks> caller) {
    together = false;
    if (!lock.key().equals(requests.get(0).key())) {
      caller.hand().release();
    }
  }

  /** The caller's hold. */
  private static final class JointHold extends CompositeHold implements HeldLocks {
    JointHold(Goal goal, RecipeSupport support, List<HeldLock> locks) {
      super("Locks of " + goal, support, locks, locks.get(0));
      follow();
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
  }
}
