package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Revocation;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What keeps a member in its {@link Group}: a held lock, and an entry in the group's list. It ends
 * when the member leaves, or loses the lock; then it may join again, as a new member.
 *
 * <p>The lock can be lost before the others notice, and the other way round never: whoever is found
 * dead has lost its lock before. Safe for use by many threads.
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
   * As what the list names it.
   *
   * @return id and term
   */
  public Member member() {
    return member;
  }

  /**
   * Whether it lasts; answered at once, without a request.
   *
   * @return false once left or lost
   */
  public boolean isMember() {
    return lock.isHeld();
  }

  /**
   * The lock of this membership: for its remaining time, its revocation, a guard.
   *
   * @return the lock; close the membership instead of it
   */
  public HeldLock lock() {
    return lock;
  }

  /**
   * Runs a callback if the membership is lost, at once if it has been lost already. Not run when
   * the member leaves.
   *
   * @param callback told why; on the client's callback executor
   * @return this
   */
  public Membership onLost(Consumer<? super Revocation> callback) {
    HeldLock unused = lock.onRevoked(callback);
    return this;
  }

  /**
   * Leaves: takes the entry out of the list and releases the lock, whatever goes wrong with the
   * list; the others take an entry that stays for a failure. Stop the member's work first. Waits
   * for both; an interrupt does not end that, and is kept.
   */
  @Override
  public void close() {
    Void unused = group.support().awaitUninterruptibly(leaveAsync());
  }

  /**
   * Leaves, without blocking.
   *
   * @return done when the lock is released; never fails
   */
  public CompletableFuture<Void> leaveAsync() {
    return group.leave(this);
  }

  @Override
  public String toString() {
    return "Membership(" + group + ", " + member + (isMember() ? ")" : ", ended)");
  }
}
