package io.github.batonlock.recipe.group;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a group's list. Each change acquires the list's lock, reads, writes and releases
 * it. Changes that are requested while one is under way are written together by the next one.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class MemberListUpdater {
  private final LockClient client;
  private final Bounds bounds;
  private final String group;
  private final String key;
  private final Executor executor;
  private List<Wish> wishes = new ArrayList<>();
  private boolean busy;

  /** A change that a caller waits for. */
  private static final class Wish {
    final UnaryOperator<MemberList> change;
    final CompletableFuture<VersionedMemberList> done;
    boolean grows;

    Wish(UnaryOperator<MemberList> change, CompletableFuture<VersionedMemberList> done) {
      this.change = change;
      this.done = done;
    }
  }

  /**
   * Creates the changes of one group.
   *
   * @param group for messages
   */
  MemberListUpdater(LockClient client, Bounds bounds, String group, String key, Executor executor) {
    this.client = client;
    this.bounds = bounds;
    this.group = group;
    this.key = key;
    this.executor = executor;
  }

  /**
   * Changes the list.
   *
   * @param change computes the new list from the list at that time
   * @return the list after the change, on the executor; fails as acquisitions and updates do, and
   *     then the change may or may not have been made
   */
  CompletableFuture<VersionedMemberList> apply(UnaryOperator<MemberList> change) {
    CompletableFuture<VersionedMemberList> done = new CompletableFuture<>();
    wishes.add(new Wish(change, done));
    next();
    return done;
  }

  private void next() {
    if (busy || wishes.isEmpty()) {
      return;
    }
    busy = true;
    CompletableFuture<Void> unused =
        Acquiring.of(client, LockRequest.of(key))
            .thenComposeAsync(this::write, executor)
            .handleAsync(
                (nothing, failure) -> {
                  ended(failure);
                  return null;
                },
                executor);
  }

  private void ended(@Nullable Throwable failure) {
    busy = false;
    if (failure != null) {
      List<Wish> failed = wishes;
      wishes = new ArrayList<>();
      failed.forEach(wish -> fail(wish, failed.size(), failure));
    }
    next();
  }

  private CompletableFuture<Void> write(HeldLock lock) {
    List<Wish> written = wishes;
    wishes = new ArrayList<>();
    CompletableFuture<Void> told = new CompletableFuture<>();
    CompletableFuture<?> unused =
        Acquiring.under(lock, () -> change(lock, written))
            .whenCompleteAsync(
                (list, failure) -> {
                  tell(written, list, failure);
                  told.complete(null);
                },
                executor);
    return told;
  }

  private CompletableFuture<VersionedMemberList> change(HeldLock lock, List<Wish> written) {
    MemberList before = listOf(lock);
    MemberList after = before;
    for (Wish wish : written) {
      MemberList next = bounded(wish.change.apply(after));
      LockStoreException refusal = refusal(after, next);
      if (refusal == null) {
        wish.grows = next.size() > after.size();
        after = next;
      } else {
        wish.done.completeExceptionally(refusal);
      }
    }
    VersionedMemberList result = new VersionedMemberList(lock.fencingToken(), after);
    return after == before
        ? CompletableFuture.completedFuture(result)
        : lock.updateDataAsync(after.encode()).thenApply(nothing -> result);
  }

  private MemberList listOf(HeldLock lock) {
    try {
      return lock.data().map(MemberList::decode).orElse(MemberList.EMPTY);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "The data of lock '"
              + lock.key()
              + "' is no list of members ("
              + e.getMessage()
              + "); use another name for the group, or delete the item",
          e);
    }
  }

  /** Removes failures for which there is no room. */
  private MemberList bounded(MemberList list) {
    MemberList recent = list.withFailures(bounds.of(Bound.FAILURES_LISTED));
    if (recent != list) {
      bounds.reached(Bound.FAILURES_LISTED);
    }
    return recent.within(bounds.of(Bound.GROUP_LIST_BYTES));
  }

  /**
   * Returns why a list may not be replaced by another one.
   *
   * @return null if the new list is small enough, or no larger than before
   */
  private @Nullable LockStoreException refusal(MemberList before, MemberList after) {
    int most = bounds.of(Bound.GROUP_LIST_BYTES);
    if (after.size() <= most || after.size() <= before.size()) {
      return null;
    }
    bounds.reached(Bound.GROUP_LIST_BYTES);
    return new LockStoreException(
        LockStoreException.Kind.INVALID_REQUEST,
        false,
        group
            + " has no room for one more member: its list of "
            + before.members().size()
            + " members is the data of one item, takes "
            + before.size()
            + " bytes, and may take "
            + most
            + " bytes. Use shorter ids, or several groups",
        null);
  }

  /**
   * Returns why a member cannot join a list as it was seen.
   *
   * @return null if there is room
   */
  @Nullable LockStoreException refusal(MemberList seen, String memberId) {
    return refusal(seen, bounded(seen.with(new Member(memberId, Long.MAX_VALUE))));
  }

  private void tell(
      List<Wish> written, @Nullable VersionedMemberList result, @Nullable Throwable failure) {
    Throwable why = failure == null ? null : Acquiring.reason(failure);
    int told = written.size();
    boolean isTooLarge =
        why instanceof LockStoreException store
            && store.kind() == LockStoreException.Kind.INVALID_REQUEST
            && written.stream().anyMatch(wish -> wish.grows);
    for (Wish wish : written) {
      if (result != null) {
        wish.done.complete(result);
      } else if (isTooLarge && !wish.grows) {
        // The table refused the list because of the changes that make it longer.
        wishes.add(wish);
      } else {
        fail(wish, told, failure);
      }
    }
  }

  /** Fails the futures of several callers, each with an exception of its own. */
  private static void fail(Wish wish, int callers, @Nullable Throwable failure) {
    Throwable why = Acquiring.reason(failure);
    wish.done.completeExceptionally(callers == 1 ? why : RecipeSupport.failureLike(why));
  }
}
