package io.github.batonlock.recipe.group;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One member's way into a {@link Group}.
 *
 * <pre>
 *   take the member's lock --> write the member into the list --> a membership
 *      | refused                    | refused, lock lost
 *      v                            v
 *   release the lock            take it out of the list, release the lock
 * </pre>
 *
 * <p>A member is refused if its caller has left or the group is closed. This is checked before each
 * step and after the last one.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Joining {
  private final RecipeSupport support;
  private final Executor executor;
  private final Entrance entrance;
  private final String memberId;
  private final CompletableFuture<Membership> result = new CompletableFuture<>();
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private @Nullable CompletableFuture<HeldLock> acquisition;

  /** The group that the member joins. On its executor, unless a method says otherwise. */
  interface Entrance {
    /** Returns why no member may enter; null if one may. Any thread. */
    @Nullable RuntimeException refusal();

    /** Adds a member to the list; completes on the group's executor. */
    CompletableFuture<VersionedMemberList> enlist(Member member);

    /** Removes the member from the list, and releases its lock; never fails. */
    CompletableFuture<Void> leave(Member member, HeldLock lock);

    /** Makes the member part of the group. */
    Membership entered(Member member, HeldLock lock, VersionedMemberList list);
  }

  Joining(RecipeSupport support, Executor executor, Entrance entrance, String memberId) {
    this.support = support;
    this.executor = executor;
    this.entrance = entrance;
    this.memberId = memberId;
  }

  /** Returns the future for the user. The user may complete it in any way. */
  CompletableFuture<Membership> result() {
    return result;
  }

  /** Returns a future that completes when the member has entered, or when nothing is left of it. */
  CompletableFuture<Void> over() {
    return over;
  }

  void begin(LockClient client, LockRequest request) {
    Throwable refusal = refusal();
    if (refusal != null) {
      fail(refusal);
      return;
    }
    CompletableFuture<HeldLock> locked = Acquiring.of(client, request);
    acquisition = locked;
    CompletableFuture<?> unused =
        result.whenComplete((membership, failure) -> executor.execute(this::stopWaiting));
    CompletableFuture<?> unusedToo = locked.whenCompleteAsync(this::locked, executor);
  }

  /**
   * Stops waiting, because the caller has left or the group is closed. Does nothing once the lock
   * is held.
   */
  void stopWaiting() {
    if (acquisition != null) {
      boolean unused = acquisition.cancel(false);
    }
  }

  private @Nullable Throwable refusal() {
    return result.isDone() ? new CancellationException() : entrance.refusal();
  }

  private void locked(@Nullable HeldLock lock, @Nullable Throwable failure) {
    Throwable refusal = refusal();
    if (lock == null) {
      fail(refusal == null ? Acquiring.reason(failure) : refusal);
    } else if (refusal != null) {
      failAfter(lock.closeAsync(), refusal);
    } else {
      Member member = new Member(memberId, lock.fencingToken());
      CompletableFuture<?> unused =
          Acquiring.attempt(() -> entrance.enlist(member))
              .whenCompleteAsync((list, why) -> enlisted(member, lock, list, why), executor);
    }
  }

  private void enlisted(
      Member member,
      HeldLock lock,
      @Nullable VersionedMemberList list,
      @Nullable Throwable failure) {
    Throwable refusal = refusal();
    if (list == null) {
      failAfter(lock.closeAsync(), Acquiring.reason(failure));
    } else if (refusal != null) {
      failAfter(entrance.leave(member, lock), refusal);
    } else if (lock.revocation().isPresent()) {
      failAfter(
          entrance.leave(member, lock), new LockRevokedException(lock.revocation().orElseThrow()));
    } else {
      enter(member, lock, list);
    }
  }

  private void enter(Member member, HeldLock lock, VersionedMemberList list) {
    try {
      give(entrance.entered(member, lock, list));
    } catch (RuntimeException | Error e) {
      failAfter(entrance.leave(member, lock), e);
    }
  }

  private void give(Membership membership) {
    boolean unused = over.complete(null);
    support
        .callbacks()
        .execute(
            () -> {
              Throwable refusal = refusal();
              if (refusal != null) {
                result.completeExceptionally(refusal);
              }
              if (!result.complete(membership)) {
                CompletableFuture<Void> unusedToo = membership.closeAsync();
              }
            });
  }

  private void failAfter(CompletableFuture<Void> done, Throwable why) {
    CompletableFuture<Void> unused =
        done.whenCompleteAsync((nothing, failure) -> fail(why), executor);
  }

  private void fail(Throwable why) {
    boolean unused = over.complete(null);
    support.callbacks().execute(() -> result.completeExceptionally(why));
  }
}
