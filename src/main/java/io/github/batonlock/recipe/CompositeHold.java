package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One or several locks that count as held as long as all of them are held. Any thread. */
class CompositeHold implements Hold {
  private final String name;
  private final RecipeSupport support;
  private final List<HeldLock> locks;
  private final HeldLock ordering;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  @GuardedBy("this")
  private final List<Consumer<? super Revocation>> callbacks = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable Revocation first;

  /**
   * Creates a hold.
   *
   * @param name what it is, for messages
   * @param ordering the lock whose fencing token is that of the hold
   */
  CompositeHold(String name, RecipeSupport support, List<HeldLock> locks, HeldLock ordering) {
    this.name = name;
    this.support = support;
    this.locks = List.copyOf(locks);
    this.ordering = ordering;
  }

  /** Follows what happens to the locks. Called once construction is complete. */
  final void follow() {
    locks.forEach(lock -> lock.onRevoked(this::lost));
  }

  /** Returns the locks, in their order. */
  final List<HeldLock> all() {
    return locks;
  }

  private void lost(Revocation revocation) {
    synchronized (this) {
      if (first != null || closed.get()) {
        return;
      }
      first = revocation;
      callbacks.forEach(callback -> run(callback, revocation));
      callbacks.clear();
    }
  }

  private void run(Consumer<? super Revocation> callback, Revocation revocation) {
    support.callbacks().execute(() -> callback.accept(revocation));
  }

  @Override
  public LockKey key() {
    return ordering.key();
  }

  @Override
  public long fencingToken() {
    return ordering.fencingToken();
  }

  @Override
  public boolean isHeld() {
    return !closed.get() && locks.stream().allMatch(HeldLock::isHeld);
  }

  @Override
  public Duration remaining() {
    return closed.get()
        ? Duration.ZERO
        : locks.stream().map(HeldLock::remaining).min(Comparator.naturalOrder()).orElseThrow();
  }

  @Override
  public void ensureHeld() {
    requireOpen();
    locks.forEach(HeldLock::ensureHeld);
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    requireOpen();
    locks.forEach(lock -> lock.ensureHeldFor(duration));
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          name + " (token " + fencingToken() + ") was released by its holder");
    }
  }

  @Override
  public synchronized Hold onRevoked(Consumer<? super Revocation> callback) {
    if (first != null) {
      run(callback, first);
    } else {
      callbacks.add(callback);
    }
    return this;
  }

  @Override
  public Optional<Revocation> revocation() {
    synchronized (this) {
      if (first != null || closed.get()) {
        return Optional.ofNullable(first);
      }
    }
    return locks.stream().flatMap(lock -> lock.revocation().stream()).findFirst();
  }

  @Override
  public void close() {
    Void unused = support.awaitUninterruptibly(startClosing());
  }

  @Override
  public CompletableFuture<Void> closeAsync() {
    return startClosing().copy();
  }

  /** Releases the locks. Called once. */
  CompletableFuture<Void> release() {
    return Acquiring.closeAll(locks);
  }

  private CompletableFuture<Void> startClosing() {
    boolean now;
    synchronized (this) {
      now = closed.compareAndSet(false, true);
    }
    if (now) {
      CompletableFuture<Void> unused =
          release().whenComplete((done, failure) -> ended.complete(null));
    }
    return ended;
  }

  @Override
  public String toString() {
    return name + " (token " + fencingToken() + (closed.get() ? ", closed)" : ")");
  }
}
