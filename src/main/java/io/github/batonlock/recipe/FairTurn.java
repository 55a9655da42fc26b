package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import io.github.batonlock.recipe.FairLock.Turn;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A held lock, and the ticket that is given up after it.
 *
 * @param lock the held lock
 * @param ticket makes the next waiter in the queue wait
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
    // A copy: even if the caller completes it early, the ticket is given up.
    return closed.copy();
  }
}
