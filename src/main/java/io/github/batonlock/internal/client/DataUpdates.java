package io.github.batonlock.internal.client;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.callback.OwnFailure;
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
 * The updates of one lock's data that no answer has confirmed yet. Each renewal carries the latest;
 * confirming a revision confirms those before it.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class DataUpdates {
  private final Deque<Update> unconfirmed = new ArrayDeque<>();
  private long lastRevision;

  /**
   * An update.
   *
   * @param revision grows with each
   * @param data the new data
   * @param done the user's future
   */
  record Update(long revision, SdkBytes data, CompletableFuture<Void> done) {
    LockWrite.Update write(long fencingToken) {
      return new LockWrite.Update(data, fencingToken);
    }
  }

  void add(SdkBytes data, CompletableFuture<Void> done) {
    unconfirmed.add(new Update(++lastRevision, data, done));
  }

  /** What the next renewal has to carry. */
  @Nullable Update latest() {
    return unconfirmed.peekLast();
  }

  /**
   * A version that carried this revision stands in the item.
   *
   * @param revision what stands there
   * @param announce takes the data of each confirmed update before its caller is told
   */
  void confirmed(long revision, Consumer<SdkBytes> announce) {
    while (!unconfirmed.isEmpty() && unconfirmed.getFirst().revision() <= revision) {
      Update update = unconfirmed.removeFirst();
      announce.accept(update.data());
      update.done().complete(null);
    }
  }

  /** DynamoDB refuses this revision; those before it go with it, having been replaced by it. */
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
