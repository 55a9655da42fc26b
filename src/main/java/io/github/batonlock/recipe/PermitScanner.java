package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How the callers of one client get permits of one semaphore: the search for a free permit, and the
 * return of permits, which goes to the first waiter.
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
final class PermitScanner implements Step<Hold> {
  /** The time of a round of reads, unless the number of permits makes it longer. */
  private static final Duration ROUND = Duration.ofSeconds(1);

  /** At most twenty reads a second, however many permits there are. */
  private static final Duration SHORTEST_PAUSE_IN_THE_END = Duration.ofMillis(50);

  /** The longest wait for a permit that is passed on. */
  private static final Duration PASSING = Duration.ofSeconds(1);

  private final LockClient client;
  private final RecipeSupport support;
  private final Goal goal;
  private final LockRequest request;
  private final List<LockKey> keys;
  private final Executor serial;
  private final Waiters<Hold> waiters;
  private int next;
  private int looked;
  private boolean crowded;
  private boolean trying;
  private @Nullable Throwable lastRefusal;

  PermitScanner(
      LockClient client, RecipeSupport support, Goal goal, List<LockKey> keys, Executor serial) {
    this.client = client;
    this.support = support;
    this.goal = goal;
    this.request = goal.ofParts().requests().get(0);
    this.keys = keys;
    this.serial = serial;
    Duration share = ROUND.dividedBy(keys.size());
    Pauses pauses =
        Pauses.upTo(
            share.compareTo(SHORTEST_PAUSE_IN_THE_END) > 0 ? share : SHORTEST_PAUSE_IN_THE_END);
    this.waiters = new Waiters<>(support, serial, pauses, this);
  }

  /** Begins a caller's wait. Any thread. */
  PendingAcquisition<Hold> enter(Duration waitUpTo) {
    return waiters.enter(goal, waitUpTo);
  }

  /** Returns the name of a permit, for messages. */
  String nameOf(HeldLock lock) {
    return "Permit '" + lock.key() + "' of " + goal;
  }

  /** Returns why the first waiter has no permit yet; null if that is not known. */
  @Nullable Throwable whyNoneYet() {
    return waiters.known();
  }

  // Search

  @Override
  public void begins() {
    looked = 0;
    crowded = false;
    lastRefusal = null;
    next = support.random(keys.size());
  }

  @Override
  public CompletableFuture<TryOutcome<Hold>> tryOnce(PendingAcquisition<Hold> first) {
    LockKey key = keys.get(next);
    next = (next + 1) % keys.size();
    looked++;
    CompletableFuture<TryOutcome<Hold>> outcome =
        looked == 1 && !crowded ? take(key, first) : takeIfFree(key, first);
    return outcome.handleAsync(
        (ended, failure) -> {
          trying = false;
          return failure == null ? ended : notTaken(Acquiring.reason(failure));
        },
        serial);
  }

  private CompletableFuture<TryOutcome<Hold>> takeIfFree(
      LockKey key, PendingAcquisition<Hold> first) {
    return support
        .mayBeFree(key, !crowded, first.patience())
        .thenComposeAsync(
            free -> free ? take(key, first) : CompletableFuture.completedFuture(noneYet()), serial);
  }

  private CompletableFuture<TryOutcome<Hold>> take(LockKey key, PendingAcquisition<Hold> first) {
    trying = true;
    return support
        .tryWithin(first.patience(), () -> Acquiring.of(client, request, key, Duration.ZERO))
        .thenApplyAsync(this::taken, serial);
  }

  @Override
  public boolean mayStillGetIt() {
    return trying;
  }

  @Override
  public boolean tellsSoon() {
    return true;
  }

  private TryOutcome<Hold> taken(HeldLock lock) {
    TryOutcome<Hold> got = TryOutcome.got(permit(lock));
    return crowded ? got.thenPause() : got;
  }

  private Permit permit(HeldLock lock) {
    // If one permit was free, more may be.
    looked = 0;
    return new Permit(this, lock);
  }

  /** Returns that the round goes on, or that all permits are held. */
  private TryOutcome<Hold> noneYet() {
    crowded |= looked >= keys.size();
    return crowded ? TryOutcome.notYet(lastRefusal) : TryOutcome.goOn(lastRefusal);
  }

  private TryOutcome<Hold> notTaken(Throwable why) {
    if (Acquiring.isHeld(why)) {
      lastRefusal = why;
      return noneYet();
    }
    TryOutcome<Hold> outcome = TryOutcome.of(why);
    if (outcome.next() == TryOutcome.Next.PAUSE) {
      crowded = true;
    } else {
      looked = 0;
    }
    return outcome;
  }

  // Giving back

  /** Ends a permit. Any thread. */
  CompletableFuture<Void> end(HeldLock lock) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    support.untilClosed(done, () -> done.complete(null));
    serial.execute(() -> giveBack(lock, done));
    return done;
  }

  /**
   * Gives a permit back: to the first waiter of this client, or, if there is none, to all clients.
   */
  private void giveBack(HeldLock lock, CompletableFuture<Void> done) {
    PendingAcquisition<Hold> first = lock.isHeld() ? waiters.first() : null;
    if (first != null && !first.isTimeUp()) {
      passOn(lock, first.left());
    }
    CompletableFuture<Void> unused =
        lock.closeAsync().whenComplete((released, failure) -> done.complete(null));
  }

  /** Begins an acquisition that waits before the release, so the release passes the lock on. */
  private void passOn(HeldLock lock, Duration left) {
    waiters.expect();
    looked = 0;
    Duration patience = left.compareTo(PASSING) < 0 ? left : PASSING;
    CompletableFuture<HeldLock> unused =
        Acquiring.of(client, request, lock.key(), patience)
            .whenCompleteAsync(this::passedOn, serial);
  }

  private void passedOn(@Nullable HeldLock lock, @Nullable Throwable failure) {
    if (lock != null) {
      waiters.came(permit(lock));
    } else {
      // Another client has it, or the table fails: the search finds out more.
      crowded = true;
      waiters.doesNotCome();
    }
  }

  /** Blocks until a permit has ended. */
  void await(CompletableFuture<Void> done) {
    Void unused = support.awaitUninterruptibly(done);
  }
}
