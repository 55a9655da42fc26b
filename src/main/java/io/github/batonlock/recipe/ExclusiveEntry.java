package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One try of a writer to enter a {@link SharedExclusiveLock}. It lasts as long as the writer waits,
 * unless a lock is lost on the way.
 *
 * <pre>
 *   wait for the gate --> wait for all permits at once --all held, and the gate still--> enter
 *                            | one of them, or the gate, lost on the way
 *                            '--> not yet: all are released, and the next try begins
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
  private final Executor serial;
  private final PendingAcquisition<Hold> writer;
  private @Nullable Throwable failure;
  private boolean over;

  ExclusiveEntry(
      LockClient client,
      RecipeSupport support,
      LockRequest request,
      Executor serial,
      PendingAcquisition<Hold> writer) {
    this.client = client;
    this.support = support;
    this.request = request;
    this.serial = serial;
    this.writer = writer;
  }

  CompletableFuture<TryOutcome<Hold>> begin(LockKey gate, List<LockKey> permits) {
    return lock(gate).thenComposeAsync(held -> takePermits(held, permits), serial);
  }

  private CompletableFuture<HeldLock> lock(LockKey key) {
    return writer.hand().lock(() -> Acquiring.of(client, request, key, writer.left()));
  }

  private CompletableFuture<TryOutcome<Hold>> takePermits(HeldLock gate, List<LockKey> permits) {
    // Without the gate another writer may acquire permits, too: begin again.
    HeldLock unused =
        gate.onRevoked(loss -> serial.execute(() -> stop(new LockRevokedException(loss))));
    CompletableFuture<?>[] all =
        permits.stream()
            .map(permit -> lock(permit).whenCompleteAsync(this::permitCame, serial))
            .toArray(CompletableFuture[]::new);
    return CompletableFuture.allOf(all).handleAsync((nothing, why) -> ended(gate), serial);
  }

  private void permitCame(@Nullable HeldLock permit, @Nullable Throwable why) {
    if (permit == null) {
      stop(Acquiring.reason(why));
    }
  }

  /** Cancels the acquisitions that have not succeeded. The try ends once all have been answered. */
  private void stop(Throwable why) {
    if (failure == null && !over) {
      failure = why;
      writer.hand().cancel();
    }
  }

  private TryOutcome<Hold> ended(HeldLock gate) {
    over = true;
    if (failure != null && !(failure instanceof LockRevokedException)) {
      return TryOutcome.of(failure);
    }
    LocksInHand hand = writer.hand();
    return failure == null && hand.areHeld()
        ? TryOutcome.got(holdOf(hand.locks(), gate))
        : TryOutcome.notYet(null);
  }

  private Hold holdOf(List<HeldLock> locks, HeldLock gate) {
    CompositeHold hold = new CompositeHold("Writer of " + writer.goal(), support, locks, gate);
    hold.follow();
    return hold;
  }
}
