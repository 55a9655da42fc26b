package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.internal.client.RecipeSupport;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A held lock, and the ticket that makes the next waiter in the queue wait. */
final class FairTurn extends CompositeHold {
  private final HeldLock lock;
  private final HeldLock ticket;

  FairTurn(Goal goal, RecipeSupport support, HeldLock lock, HeldLock ticket) {
    super("Turn of " + goal, support, List.of(lock), lock);
    this.lock = lock;
    this.ticket = ticket;
    follow();
  }

  /** Gives up the ticket after the lock. */
  @Override
  CompletableFuture<Void> release() {
    return lock.closeAsync().thenCompose(released -> ticket.closeAsync());
  }
}
