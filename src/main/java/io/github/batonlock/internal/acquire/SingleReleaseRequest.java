package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One request to release a lock, sent to its holder. It reads the lock item to find the holder,
 * then writes the request for exactly that hold. If the holder has changed in between, the write's
 * answer names the next holder, and the request is sent to that one. The request for a lock with a
 * shared lease is written into the item of the session.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SingleReleaseRequest {
  private final ReleaseRequester requester;
  private final RequestDispatcher requests;
  private final LockInfoFactory infos;
  private final LockKey key;
  private final AcquireSpec.Wish wish;
  private final CompletableFuture<Optional<LockInfo>> result;
  private final String id;
  private final Timeouts timeouts;

  public SingleReleaseRequest(
      ReleaseRequester requester,
      RequestDispatcher requests,
      LockInfoFactory infos,
      LockKey key,
      AcquireSpec.Wish wish,
      CompletableFuture<Optional<LockInfo>> result) {
    this.requester = requester;
    this.requests = requests;
    this.infos = infos;
    this.key = key;
    this.wish = wish;
    this.result = result;
    this.id = requester.newId();
    this.timeouts = requester.timeouts();
  }

  public void begin() {
    requests.read(
        key, true, timeouts, answer -> found(answer.item()), result::completeExceptionally);
  }

  private void found(StoredItem stored) {
    try {
      Optional<LockInfo> holder = infos.of(key, stored);
      if (stored.state() instanceof ItemState.Lock lock && !lock.item().released()) {
        ask(lock.item(), holder);
      } else {
        result.complete(Optional.empty());
      }
    } catch (Throwable t) {
      result.completeExceptionally(t);
    }
  }

  private void ask(LockItem item, Optional<LockInfo> holder) {
    if (item.fencingToken().isEmpty()) {
      throw Refusals.cannotBeAsked(key, item);
    }
    long token = item.fencingToken().getAsLong();
    LockWrite.Ask ask = requester.write(key, item, requester.request(id, wish, token, false));
    Consumer<StoredItem> rejectedWith =
        item.session() == null ? this::found : session -> refusedBySession(session.state());
    send(ask, holder, rejectedWith);
  }

  private void send(
      LockWrite.Ask ask, Optional<LockInfo> holder, Consumer<StoredItem> rejectedWith) {
    requests.change(
        ask.key(),
        timeouts.total(),
        turn -> {
          // The client may have been closed meanwhile; the caller was told then.
          if (!result.isDone()) {
            send(turn, ask, holder, rejectedWith);
          }
        },
        result::completeExceptionally);
  }

  private void send(
      Turn turn, LockWrite.Ask ask, Optional<LockInfo> holder, Consumer<StoredItem> rejectedWith) {
    requests.write(
        turn,
        ask,
        timeouts,
        answer -> {
          if (answer.applied()) {
            result.complete(holder);
          } else {
            rejectedWith.accept(answer.item());
          }
        },
        result::completeExceptionally);
  }

  private void refusedBySession(ItemState session) {
    if (session instanceof ItemState.Lock lock && !lock.item().released()) {
      result.completeExceptionally(Refusals.tooManyAsk(key, requester.sessionIsFull()));
    } else {
      // The session has ended: no client holds its locks any more.
      result.complete(Optional.empty());
    }
  }
}
