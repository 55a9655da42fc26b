package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The locks that a try for one caller has acquired so far, and the requests of it under way. */
@ConfinedTo(ConfinedTo.SERIAL)
final class LocksInHand {
  private final Executor serial;
  private final BooleanSupplier isOver;
  private final List<CompletableFuture<?>> underWay = new ArrayList<>();
  private final List<HeldLock> locks = new ArrayList<>();

  /**
   * Creates a hand without locks.
   *
   * @param isOver whether the caller has been answered, or has left
   */
  LocksInHand(Executor serial, BooleanSupplier isOver) {
    this.serial = serial;
    this.isOver = isOver;
  }

  /**
   * Begins a part of the try. It is cancelled if the caller leaves, and not begun if the caller has
   * left.
   */
  <R> CompletableFuture<R> begin(Supplier<CompletableFuture<R>> part) {
    if (isOver.getAsBoolean()) {
      return CompletableFuture.failedFuture(new CancellationException("The caller has left"));
    }
    CompletableFuture<R> begun = Acquiring.attempt(part);
    underWay.removeIf(CompletableFuture::isDone);
    underWay.add(begun);
    return begun;
  }

  /** Acquires a lock, which is in hand then; completes on the serial executor. */
  CompletableFuture<HeldLock> lock(Supplier<CompletableFuture<HeldLock>> acquisition) {
    return begin(acquisition)
        .thenApplyAsync(
            lock -> {
              locks.add(lock);
              return lock;
            },
            serial);
  }

  /** Acquires several locks, all or none, which are in hand then. */
  CompletableFuture<Void> locks(Supplier<CompletableFuture<List<HeldLock>>> acquisition) {
    return begin(acquisition).thenAcceptAsync(locks::addAll, serial);
  }

  /** Returns the locks in hand, in the order in which they came. */
  List<HeldLock> locks() {
    return List.copyOf(locks);
  }

  /** Returns whether none of the locks has been lost. */
  boolean areHeld() {
    return locks.stream().allMatch(HeldLock::isHeld);
  }

  /** Cancels the requests under way. A lock that comes nevertheless is in hand. */
  void cancel() {
    List.copyOf(underWay).forEach(part -> part.cancel(false));
  }

  /** Releases all locks. */
  void release() {
    CompletableFuture<Void> unused = Acquiring.closeAll(locks);
    locks.clear();
  }

  /** Empties the hand: the locks belong to a hold now. */
  void handOver() {
    locks.clear();
  }
}
