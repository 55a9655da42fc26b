package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
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
 * Changes of a group's list: each takes the list's lock, reads, writes and gives it back. What is
 * wanted while one is under way is written together by the next.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class ListChanges {
  private final LockClient client;
  private final Bounds bounds;
  private final String group;
  private final String key;
  private final Executor executor;
  private List<Wish> wishes = new ArrayList<>();
  private boolean busy;

  /** A change that somebody waits for. */
  private static final class Wish {
    final UnaryOperator<MemberList> change;
    final CompletableFuture<SeenList> done;
    boolean grows;

    Wish(UnaryOperator<MemberList> change, CompletableFuture<SeenList> done) {
      this.change = change;
      this.done = done;
    }
  }

  /**
   * Of one group.
   *
   * @param group for messages
   */
  ListChanges(LockClient client, Bounds bounds, String group, String key, Executor executor) {
    this.client = client;
    this.bounds = bounds;
    this.group = group;
    this.key = key;
    this.executor = executor;
  }

  /**
   * Changes the list.
   *
   * @param change made of the list as it is then
   * @return the list after it, on the executor; fails as acquisitions and updates do, and then the
   *     change may or may not have been made
   */
  CompletableFuture<SeenList> apply(UnaryOperator<MemberList> change) {
    CompletableFuture<SeenList> done = new CompletableFuture<>();
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

  private CompletableFuture<SeenList> change(HeldLock lock, List<Wish> written) {
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
    SeenList result = new SeenList(lock.fencingToken(), after);
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

  /** Forgets failures for which there is no room. */
  private MemberList bounded(MemberList list) {
    MemberList recent = list.withFailures(bounds.of(Bound.FAILURES_LISTED));
    if (recent != list) {
      bounds.reached(Bound.FAILURES_LISTED);
    }
    return recent.within(bounds.of(Bound.GROUP_LIST_BYTES));
  }

  /**
   * Why a list cannot be made of another one.
   *
   * @return null if it is small enough, or no larger than before
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
   * Why a member cannot join a list as it was seen.
   *
   * @return null if there is room
   */
  @Nullable LockStoreException refusal(MemberList seen, String memberId) {
    return refusal(seen, bounded(seen.with(new Member(memberId, Long.MAX_VALUE))));
  }

  private void tell(List<Wish> written, @Nullable SeenList result, @Nullable Throwable failure) {
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
        // The table refuses the list for those that make it longer.
        wishes.add(wish);
      } else {
        fail(wish, told, failure);
      }
    }
  }

  /** Each of several callers is told by an exception of its own. */
  private static void fail(Wish wish, int callers, @Nullable Throwable failure) {
    Throwable why = Acquiring.reason(failure);
    wish.done.completeExceptionally(callers == 1 ? why : RecipeSupport.failureLike(why));
  }
}
