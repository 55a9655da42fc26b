package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One permit of a {@link CountedSemaphore}, from its grant until it is given back or lost. It has
 * the guarantees of a {@link HeldLock}, and the limits.
 */
final class Permit implements Hold {
  private final PermitScanner scanner;
  private final HeldLock lock;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  Permit(PermitScanner scanner, HeldLock lock) {
    this.scanner = scanner;
    this.lock = lock;
  }

  @Override
  public LockKey key() {
    return lock.key();
  }

  @Override
  public long fencingToken() {
    return lock.fencingToken();
  }

  @Override
  public boolean isHeld() {
    return !closed.get() && lock.isHeld();
  }

  @Override
  public Duration remaining() {
    return closed.get() ? Duration.ZERO : lock.remaining();
  }

  @Override
  public void ensureHeld() {
    requireOpen();
    lock.ensureHeld();
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    requireOpen();
    lock.ensureHeldFor(duration);
  }

  @Override
  public Hold onRevoked(Consumer<? super Revocation> callback) {
    HeldLock unused = lock.onRevoked(callback);
    return this;
  }

  @Override
  public Optional<Revocation> revocation() {
    return lock.revocation();
  }

  /**
   * Gives the permit back: to the first waiter of this client, or, if there is none, to all
   * clients. The method waits until that is confirmed, as {@link HeldLock#close} does.
   */
  @Override
  public void close() {
    scanner.await(startClosing());
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return startClosing().copy();
  }

  private CompletableFuture<Void> startClosing() {
    if (closed.compareAndSet(false, true)) {
      CompletableFuture<Void> unused =
          scanner.end(lock).whenComplete((done, failure) -> ended.complete(null));
    }
    return ended;
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          scanner.nameOf(lock)
              + " (token "
              + lock.fencingToken()
              + ") was given back by its holder");
    }
  }

  @Override
  public String toString() {
    return scanner.nameOf(lock)
        + " (token "
        + lock.fencingToken()
        + (closed.get() ? ", closed)" : ")");
  }
}
