package io.github.batonlock.recipe.group;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A member's membership in its {@link Group}: a held lock, and an entry in the group's list. It
 * ends when the member leaves, or loses the lock; then it may join again, as a new member.
 *
 * <p>The lock can be lost before the other members notice. The reverse never happens: a member that
 * is found dead has lost its lock before. Safe for use by many threads.
 */
public final class Membership implements AutoCloseable {
  private final Group group;
  private final Member member;
  private final HeldLock lock;

  Membership(Group group, Member member, HeldLock lock) {
    this.group = group;
    this.member = member;
    this.lock = lock;
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
   * Returns whether the membership still lasts, at once and without a request.
   *
   * @return false once left or lost
   */
  public boolean isMember() {
    return lock.isHeld();
  }

  /**
   * Returns the lock of this membership: for its remaining time, its revocation, a guard.
   *
   * @return the lock; close the membership instead of the lock
   */
  public HeldLock lock() {
    return lock;
  }

  /**
   * Registers a callback that runs if the membership is lost, at once if it has been lost already.
   * It does not run when the member leaves.
   *
   * @param callback takes why the membership was lost; runs on the client's callback executor
   * @return this
   */
  public Membership onLost(Consumer<? super Revocation> callback) {
    HeldLock unused = lock.onRevoked(callback);
    return this;
  }

  /**
   * Leaves the group: removes the entry from the list and releases the lock. The lock is released
   * even if the list cannot be changed; the other members treat an entry that stays as a failed
   * member. Stop the member's work first. The method waits for both; an interrupt does not end the
   * wait, and the interrupt status is kept.
   */
  @Override
  public void close() {
    Void unused = group.support().awaitUninterruptibly(leaveAsync());
  }

  /**
   * Leaves the group without blocking.
   *
   * @return completes when the lock is released; never fails
   */
  public CompletableFuture<Void> leaveAsync() {
    return group.leave(this);
  }

  @Override
  public String toString() {
    return "Membership(" + group + ", " + member + (isMember() ? ")" : ", ended)");
  }
}
