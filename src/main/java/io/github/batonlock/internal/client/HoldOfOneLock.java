package io.github.batonlock.internal.client;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.runtime.GuardedBy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A recipe's hold of one lock, which ends before the lock is released: as soon as the lock is lost,
 * or the holder or the recipe gives the hold up. The first of these decides what its holder learns.
 * Any thread.
 */
public final class HoldOfOneLock {
  private enum End {
    NONE,
    LOST,
    GIVEN_UP,
    CLOSED
  }

  private final HeldLock lock;
  private final String name;

  @GuardedBy("this")
  private End end = End.NONE;

  /**
   * Creates a hold.
   *
   * @param lock the held lock
   * @param name names the hold in messages, at the beginning of a sentence
   */
  public HoldOfOneLock(HeldLock lock, String name) {
    this.lock = lock;
    this.name = name;
  }

  /**
   * The lock of the hold.
   *
   * @return the lock
   */
  public HeldLock lock() {
    return lock;
  }

  /** Ends the hold: its lock was lost. */
  public void lost() {
    boolean unused = end(End.LOST);
  }

  /**
   * Ends the hold: the recipe gave it up, unless its lock was lost before.
   *
   * @return whether this call ended it so
   */
  public boolean giveUp() {
    return end(End.GIVEN_UP);
  }

  /** Ends the hold: its holder closed it, unless it had ended before. */
  public void close() {
    boolean unused = end(End.CLOSED);
  }

  private synchronized boolean end(End how) {
    if (end != End.NONE) {
      return false;
    }
    end = lock.revocation().isPresent() ? End.LOST : how;
    return end == how;
  }

  private synchronized End howEnded() {
    return end;
  }

  /**
   * Whether the hold has ended.
   *
   * @return false while it goes on, as far as the recipe knows
   */
  public boolean hasEnded() {
    return howEnded() != End.NONE;
  }

  /**
   * As {@link io.github.batonlock.Hold#isHeld}.
   *
   * @return whether it is held now
   */
  public boolean isHeld() {
    return !hasEnded() && lock.isHeld();
  }

  /**
   * As {@link io.github.batonlock.Hold#remaining}.
   *
   * @return zero once it has ended
   */
  public Duration remaining() {
    return hasEnded() ? Duration.ZERO : lock.remaining();
  }

  /** As {@link io.github.batonlock.Hold#ensureHeld}. */
  public void ensureHeld() {
    requireNoEnd();
    lock.ensureHeld();
  }

  /**
   * As {@link io.github.batonlock.Hold#ensureHeldFor}.
   *
   * @param duration positive
   */
  public void ensureHeldFor(Duration duration) {
    requireNoEnd();
    lock.ensureHeldFor(duration);
  }

  private void requireNoEnd() {
    switch (howEnded()) {
      case NONE -> {}
      case CLOSED -> throw new IllegalStateException(name + " was closed by its holder");
      case GIVEN_UP -> throw new LockNotHeldException(lock.key(), name + " has ended");
      case LOST ->
          throw lock.revocation()
              .<LockNotHeldException>map(LockRevokedException::new)
              .orElseGet(() -> new LockNotHeldException(lock.key(), name + " has ended"));
    }
  }

  /**
   * As {@link io.github.batonlock.Hold#onRevoked}: the callback does not run for a hold that was
   * given up or closed before its lock was lost.
   *
   * @param callback takes what happened
   */
  public void onRevoked(Consumer<? super Revocation> callback) {
    HeldLock unused =
        lock.onRevoked(
            revocation -> {
              lost();
              if (howEnded() == End.LOST) {
                callback.accept(revocation);
              }
            });
  }

  /**
   * As {@link io.github.batonlock.Hold#revocation}.
   *
   * @return empty if it was given up or closed before its lock was lost
   */
  public Optional<Revocation> revocation() {
    return switch (howEnded()) {
      case NONE, LOST -> lock.revocation();
      case GIVEN_UP, CLOSED -> Optional.empty();
    };
  }
}
