package io.github.batonlock.internal.observe;

import io.github.batonlock.LockInfo;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.ItemPage;
import io.github.batonlock.internal.store.LockStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The locks of a table, read one page at a time. For one consumer thread at a time. */
@ConfinedTo(ConfinedTo.ONE_THREAD)
public final class LockScan {
  private final Platform platform;
  private final PendingCalls calls;
  private final RequestDispatcher requests;
  private final CallbackDispatcher callbacks;
  private final LockInfoFactory infos;
  private final Deque<LockInfo> buffer = new ArrayDeque<>();
  private LockStore.@Nullable PageToken next;
  private boolean exhausted;

  private record Page(List<LockInfo> locks, LockStore.@Nullable PageToken next) {}

  public LockScan(
      Platform platform,
      PendingCalls calls,
      RequestDispatcher requests,
      CallbackDispatcher callbacks,
      LockInfoFactory infos) {
    this.platform = platform;
    this.calls = calls;
    this.requests = requests;
    this.callbacks = callbacks;
    this.infos = infos;
  }

  public Stream<LockInfo> stream() {
    int traits = Spliterator.NONNULL | Spliterator.IMMUTABLE;
    return StreamSupport.stream(
        new Spliterators.AbstractSpliterator<LockInfo>(Long.MAX_VALUE, traits) {
          @Override
          public boolean tryAdvance(Consumer<? super LockInfo> action) {
            return advance(action);
          }
        },
        false);
  }

  private boolean advance(Consumer<? super LockInfo> action) {
    while (buffer.isEmpty() && !exhausted) {
      LockStore.PageToken after = next;
      Page page =
          platform.awaitUninterruptibly(calls.<Page>onLoop(result -> readPage(after, result)));
      buffer.addAll(page.locks());
      next = page.next();
      exhausted = next == null;
    }
    LockInfo lock = buffer.poll();
    if (lock == null) {
      return false;
    }
    action.accept(lock);
    return true;
  }

  private void readPage(LockStore.@Nullable PageToken after, CompletableFuture<Page> result) {
    requests.list(
        after,
        page -> PendingCalls.complete(result, () -> new Page(locks(page), page.next())),
        result::completeExceptionally);
  }

  private List<LockInfo> locks(ItemPage page) {
    List<LockInfo> locks = new ArrayList<>(page.rows().size());
    for (ItemPage.Row row : page.rows()) {
      if (SessionKey.isSession(row.key())) {
        continue;
      }
      try {
        Optional<LockInfo> lock = infos.of(row.key(), row.item());
        lock.ifPresent(locks::add);
      } catch (MalformedLockItemException e) {
        callbacks.tell(listener -> listener.malformedItem(e));
      }
    }
    return locks;
  }
}
