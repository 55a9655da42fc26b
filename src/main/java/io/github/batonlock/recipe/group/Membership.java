package io.github.batonlock.recipe.group;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Hold;
import io.github.batonlock.LockKey;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.HoldOfOneLock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A member's membership in its {@link Group}: a held lock, and an entry in the group's list. It
 * ends when the member leaves, or loses the lock; then it may join again, as a new member.
 *
 * <p>The lock can be lost before the other members notice. The reverse never happens: a member that
 * is found dead has lost its lock before. Safe for use by many threads.
 */
public final class Membership implements Hold {
  private final Group group;
  private final Member member;
  private final HoldOfOneLock hold;

  Membership(Group group, Member member, HeldLock lock) {
    this.group = group;
    this.member = member;
    this.hold = new HoldOfOneLock(lock, "The membership of " + member + " in " + group);
  }

  /**
   * Returns the member as the list names it.
   *
   * @return id and term
   */
  public Member member() {
    return member;
  }

  /**
   * Returns the lock of this membership: for a guard, or its session.
   *
   * @return the lock; close the membership instead of the lock
   */
  public HeldLock lock() {
    return hold.lock();
  }

  /**
   * Returns the key of the member's lock.
   *
   * @return {@code <name>/member/<id>}
   */
  @Override
  public LockKey key() {
    return lock().key();
  }

  /**
   * Returns the fencing token of the member's lock: {@link Member#term()}, greater than that of
   * each earlier member with this id. It does not order members with different ids.
   *
   * @return the member's term
   */
  @Override
  public long fencingToken() {
    return lock().fencingToken();
  }

  /**
   * Returns whether the membership still lasts, at once and without a request.
   *
   * @return false once closed or lost
   */
  @Override
  public boolean isHeld() {
    return hold.isHeld();
  }

  @Override
  public Duration remaining() {
    return hold.remaining();
  }

  @Override
  public void ensureHeld() {
    hold.ensureHeld();
  }

  @Override
  public void ensureHeldFor(Duration duration) {
    hold.ensureHeldFor(duration);
  }

  /**
   * Registers a callback that runs if the membership is lost, at once if it has been lost already.
   * It does not run when the member leaves.
   *
   * @param callback takes why the membership was lost; runs on the client's callback executor
   * @return this
   */
  @Override
  public Membership onRevoked(Consumer<? super Revocation> callback) {
    hold.onRevoked(callback);
    return this;
  }

  @Override
  public Optional<Revocation> revocation() {
    return hold.revocation();
  }

  /**
   * Leaves the group: removes the entry from the list and releases the lock. The lock is released
   * even if the list cannot be changed; the other members treat an entry that stays as a failed
   * member. Stop the member's work first. The method waits for the change of the list, at most for
   * {@link io.github.batonlock.LockClient.Builder#closeTimeout}, and then for the release; an
   * interrupt does not end the wait, and the interrupt status is kept.
   */
  @Override
  public void close() {
    Void unused = group.support().awaitUninterruptibly(closeAsync());
  }

  /**
   * Leaves the group without blocking.
   *
   * @return completes when the lock is released; never fails
   */
  @Override
  public CompletableFuture<Void> closeAsync() {
    hold.close();
    return group.leave(this);
  }

  @Override
  public String toString() {
    return "Membership(" + group + ", " + member + (isHeld() ? ")" : ", ended)");
  }
}
