package io.github.batonlock.races;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way of one client to a table: requests and answers overtake each other on it. */
final class WiredStore implements LockStore {
  private final LockStore table;
  private final Executor wire;
  private final AtomicInteger sentAfterEnd = new AtomicInteger();
  private volatile boolean ended;

  WiredStore(LockStore table, Executor wire) {
    this.table = table;
    this.wire = wire;
  }

  /** The client says that it sends nothing from here on. */
  void end() {
    ended = true;
  }

  /** How much it sent all the same. */
  int sentAfterEnd() {
    return sentAfterEnd.get();
  }

  @Override
  public CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts) {
    return send(() -> table.write(write, timeouts));
  }

  @Override
  public CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts) {
    return send(() -> table.read(key, consistent, timeouts));
  }

  @Override
  public CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts) {
    return send(() -> table.list(after, timeouts));
  }

  private <A> CompletableFuture<A> send(Supplier<CompletableFuture<A>> request) {
    if (ended) {
      sentAfterEnd.incrementAndGet();
    }
    CompletableFuture<A> answer = new CompletableFuture<>();
    wire.execute(
        () -> {
          Rounds.dawdle();
          A result = request.get().join();
          Rounds.dawdle();
          answer.complete(result);
        });
    return answer;
  }
}
