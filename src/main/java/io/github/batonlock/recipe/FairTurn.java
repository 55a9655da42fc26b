package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import io.github.batonlock.recipe.FairLock.Turn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A lock, and the ticket that is given up after it.
 *
 * @param lock what is held
 * @param ticket keeps the next in the queue waiting
 */
record FairTurn(HeldLock lock, HeldLock ticket) implements Turn {
  @Override
  public long fencingToken() {
    return lock.fencingToken();
  }

  @Override
  public boolean isHeld() {
    return lock.isHeld();
  }

  @Override
  public Duration remaining() {
    return lock.remaining();
  }

  @Override
  public void ensureHeld() {
    lock.ensureHeld();
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    lock.ensureHeldFor(duration);
  }

  @Override
  public Turn onRevoked(Consumer<? super Revocation> callback) {
    HeldLock unused = lock.onRevoked(callback);
    return this;
  }

  @Override
  public Optional<Revocation> revocation() {
    return lock.revocation();
  }

  @Override
  public void close() {
    lock.close();
    ticket.close();
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    CompletableFuture<Void> closed = lock.closeAsync().thenCompose(released -> ticket.closeAsync());
    // A copy: if the caller completes it early, the ticket is given up all the same.
    return closed.copy();
  }
}
