package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.callback.OwnFailure;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The updates of one lock's data that no answer has confirmed yet. Each renewal carries the latest
 * update. Confirming a revision confirms all revisions before it.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class DataUpdates {
  private final Deque<Update> unconfirmed = new ArrayDeque<>();
  private long lastRevision;

  /**
   * One update.
   *
   * @param revision grows with each update
   * @param data the new data
   * @param done the user's future
   */
  record Update(long revision, SdkBytes data, CompletableFuture<Void> done) {
    LockWrite.Update write(long fencingToken) {
      return new LockWrite.Update(data, fencingToken);
    }
  }

  /** Whether data can fit into an item at all. */
  public static void check(LockKey key, SdkBytes data) {
    int size = data.asByteArrayUnsafe().length;
    if (size >= Bound.ITEM_BYTES.defaultValue()) {
      throw new IllegalArgumentException(
          "The data of lock '"
              + key
              + "' has "
              + size
              + " bytes; with its other attributes the item must fit into DynamoDB's 400 KB."
              + " Store it elsewhere, and its address here");
    }
  }

  void add(SdkBytes data, CompletableFuture<Void> done) {
    unconfirmed.add(new Update(++lastRevision, data, done));
  }

  /** The update that the next renewal has to carry. */
  @Nullable Update latest() {
    return unconfirmed.peekLast();
  }

  /**
   * The item contains a version that carried this revision.
   *
   * @param revision the revision in the item
   * @param announce takes the data of each confirmed update before its caller is told
   */
  void confirmed(long revision, Consumer<SdkBytes> announce) {
    while (!unconfirmed.isEmpty() && unconfirmed.getFirst().revision() <= revision) {
      Update update = unconfirmed.removeFirst();
      announce.accept(update.data());
      update.done().complete(null);
    }
  }

  /**
   * DynamoDB refuses this revision. The revisions before it fail too: this one has replaced them.
   */
  void refused(long revision, LockStoreException why) {
    List<Update> refused =
        unconfirmed.stream().filter(update -> update.revision() <= revision).toList();
    unconfirmed.removeAll(refused);
    refused.forEach(
        update -> update.done().completeExceptionally(OwnFailure.oneOf(refused.size(), why)));
  }

  /** The hold is over. */
  void fail(Supplier<RuntimeException> why) {
    unconfirmed.forEach(update -> update.done().completeExceptionally(why.get()));
    unconfirmed.clear();
  }
}
