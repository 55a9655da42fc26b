package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.SharedExclusiveLock.Exclusive;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One writer's entry into a {@link SharedExclusiveLock}.
 *
 * <pre>
 *   wait for the gate --> wait for all permits at once --all held, and the gate still--> enter
 *     ^                      | one of them, or the gate, lost on the way
 *     '--release all--------'
 * </pre>
 *
 * <p>No circle of waiters arises: only the writer that has the gate waits for permits, and readers
 * that have a permit wait for nothing.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class ExclusiveEntry {
  private final LockClient client;
  private final RecipeSupport support;
  private final LockRequest request;
  private final LockKey gateKey;
  private final List<LockKey> keys;
  private final Executor serial;
  private final Wanted<Exclusive> writer;
  private final List<HeldLock> taken = new ArrayList<>();
  private final List<CompletableFuture<HeldLock>> wanted = new ArrayList<>();
  private @Nullable HeldLock gate;
  private int answers;
  private @Nullable Throwable failure;

  ExclusiveEntry(
      LockClient client,
      RecipeSupport support,
      LockRequest request,
      LockKey gateKey,
      List<LockKey> keys,
      Executor serial,
      Wanted<Exclusive> writer) {
    this.client = client;
    this.support = support;
    this.request = request;
    this.gateKey = gateKey;
    this.keys = keys;
    this.serial = serial;
    this.writer = writer;
  }

  void begin() {
    // The acquisitions end at the time limit; this handles only a caller that has left.
    writer.whenGone(serial, this::giveUp);
    waitForGate();
  }

  private CompletableFuture<HeldLock> want(LockKey key) {
    CompletableFuture<HeldLock> lock = Acquiring.of(client, request, key, writer.left());
    wanted.add(lock);
    return lock;
  }

  private void waitForGate() {
    if (writer.isOver()) {
      return;
    }
    CompletableFuture<HeldLock> unused = want(gateKey).whenCompleteAsync(this::gateCame, serial);
  }

  private void gateCame(@Nullable HeldLock lock, @Nullable Throwable why) {
    if (lock == null) {
      fail(Acquiring.reason(why));
      return;
    }
    gate = lock;
    taken.add(lock);
    if (writer.isOver()) {
      releaseAll();
      return;
    }
    // Without the gate another writer may acquire permits, too: begin again.
    HeldLock unused = lock.onRevoked(lost -> serial.execute(() -> gateLost(lock)));
    wanted.clear();
    answers = 0;
    failure = null;
    for (LockKey key : keys) {
      CompletableFuture<HeldLock> unusedToo = want(key).whenCompleteAsync(this::permitCame, serial);
    }
  }

  private void permitCame(@Nullable HeldLock lock, @Nullable Throwable why) {
    answers++;
    if (lock != null) {
      taken.add(lock);
    } else if (failure == null) {
      failure = Acquiring.reason(why);
      giveUp();
    }
    if (answers < keys.size()) {
      return;
    }
    if (failure == null && taken.stream().allMatch(HeldLock::isHeld)) {
      enter();
    } else if (failure == null || failure instanceof GateLostException) {
      again();
    } else {
      fail(failure);
    }
  }

  private void gateLost(HeldLock lost) {
    if (lost == gate && failure == null && answers < keys.size()) {
      failure = new GateLostException();
      giveUp();
    }
  }

  private void enter() {
    HeldLock token = gate;
    if (token != null) {
      Hold held = new Hold(support, taken, token);
      held.follow();
      taken.clear();
      gate = null;
      writer.give(held);
    }
  }

  private void again() {
    releaseAll();
    if (writer.isTimeUp()) {
      writer.notAcquired(null);
    } else {
      waitForGate();
    }
  }

  private void fail(Throwable why) {
    releaseAll();
    if (Acquiring.isHeld(why)) {
      writer.notAcquired((LockNotAcquiredException) why);
    } else {
      writer.fail(why);
    }
  }

  /**
   * Gives up: acquisitions that have not succeeded are ended; once all have been answered, all
   * locks are released.
   */
  private void giveUp() {
    List.copyOf(wanted).forEach(lock -> lock.cancel(false));
  }

  private void releaseAll() {
    List<HeldLock> all = List.copyOf(taken);
    taken.clear();
    gate = null;
    CompletableFuture<Void> unused = Acquiring.closeAll(all);
  }

  /** The gate was lost before all permits were there. */
  private static final class GateLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The writer's hold. */
  private static final class Hold extends CompositeHold implements Exclusive {
    private final HeldLock gate;

    Hold(RecipeSupport support, List<HeldLock> locks, HeldLock gate) {
      super(support, locks);
      this.gate = gate;
    }

    @Override
    public long fencingToken() {
      return gate.fencingToken();
    }

    @Override
    public String toString() {
      return "Exclusive(" + gate + ")";
    }
  }
}
