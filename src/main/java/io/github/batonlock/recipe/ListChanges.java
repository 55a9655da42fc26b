package io.github.batonlock.recipe;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.RecipeSupport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a group's list: each takes the list's lock, reads, writes and gives it back. What is
 * wanted while one is under way is written together by the next. Runs on the group's executor.
 */
final class ListChanges {
  private final LockClient client;
  private final String key;
  private final Executor executor;
  private List<Wish> wishes = new ArrayList<>();
  private boolean busy;

  private record Wish(UnaryOperator<MemberList> change, CompletableFuture<SeenList> done) {}

  ListChanges(LockClient client, String key, Executor executor) {
    this.client = client;
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
      tellFailed(failed, failure);
    }
    next();
  }

  private CompletableFuture<Void> write(HeldLock lock) {
    MemberList before;
    try {
      before = lock.data().map(MemberList::decode).orElse(MemberList.EMPTY);
    } catch (IllegalArgumentException e) {
      return lock.closeAsync()
          .thenCompose(
              nothing ->
                  CompletableFuture.failedFuture(
                      new IllegalStateException(
                          "The data of lock '"
                              + key
                              + "' is no list of members ("
                              + e.getMessage()
                              + "); use another name for the group, or delete the item",
                          e)));
    }
    List<Wish> written = wishes;
    wishes = new ArrayList<>();
    MemberList after = before;
    for (Wish wish : written) {
      after = wish.change.apply(after);
    }
    MemberList result = after;
    CompletableFuture<Void> update =
        after == before
            ? CompletableFuture.completedFuture(null)
            : lock.updateDataAsync(after.encode());
    CompletableFuture<Void> told = new CompletableFuture<>();
    CompletableFuture<?> unused =
        update.whenCompleteAsync(
            (nothing, failure) -> {
              CompletableFuture<?> unusedToo =
                  lock.closeAsync()
                      .whenCompleteAsync(
                          (n, f) -> {
                            tell(written, new SeenList(lock.fencingToken(), result), failure);
                            told.complete(null);
                          },
                          executor);
            },
            executor);
    return told;
  }

  private static void tell(List<Wish> written, SeenList result, @Nullable Throwable failure) {
    if (failure == null) {
      written.forEach(wish -> wish.done.complete(result));
    } else {
      tellFailed(written, failure);
    }
  }

  /** Each caller is told by an exception of its own. */
  private static void tellFailed(List<Wish> failed, Throwable failure) {
    Throwable why = Acquiring.reason(failure);
    boolean alone = failed.size() == 1;
    for (Wish wish : failed) {
      wish.done.completeExceptionally(alone ? why : RecipeSupport.failureLike(why));
    }
  }
}
