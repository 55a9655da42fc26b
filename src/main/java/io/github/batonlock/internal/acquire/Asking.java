package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;
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
public final class Asking {
  private final AcquireContext core;
  private final LockKey key;
  private final String reason;
  private final Duration deadline;
  private final CompletableFuture<Optional<LockInfo>> result;
  private final String id;
  private final Timeouts timeouts;

  public Asking(
      AcquireContext core,
      LockKey key,
      String reason,
      Duration deadline,
      CompletableFuture<Optional<LockInfo>> result) {
    this.core = core;
    this.key = key;
    this.reason = reason;
    this.deadline = deadline;
    this.result = result;
    this.id = core.versions.next(core.loop.now());
    this.timeouts = RequestTimeouts.patient(core.config.terms());
  }

  public static void check(LockKey key, String reason, Duration deadline) {
    int most = Bound.RELEASE_REASON_CHARACTERS.defaultValue();
    if (reason.length() > most) {
      throw new IllegalArgumentException(
          "The reason to release lock '"
              + key
              + "' has "
              + reason.length()
              + " characters; at most "
              + most
              + " are written into the lock item");
    }
    if (deadline.isNegative() || deadline.compareTo(Duration.ofDays(36_500)) > 0) {
      throw new IllegalArgumentException(
          "The gracePeriod of a request to release lock '"
              + key
              + "' is "
              + deadline
              + "; it must be between zero and 36500 days");
    }
  }

  public void begin() {
    core.requests.read(
        key, true, timeouts, answer -> found(answer.item()), result::completeExceptionally);
  }

  private void found(StoredItem stored) {
    try {
      Optional<LockInfo> holder = core.infos.of(key, stored);
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
    AskedRelease asked =
        new AskedRelease(
            id, core.config.ownerName(), reason, deadline, item.fencingToken().getAsLong());
    LockKey session = item.session();
    if (session == null) {
      send(new LockWrite.Ask(key, item.ownerName(), asked), holder, this::found);
    } else {
      send(
          new LockWrite.Ask(
              session,
              item.ownerName(),
              asked.inSession(key),
              core.config.bounds().of(Bound.SESSION_RELEASE_REQUESTS)),
          holder,
          state -> refusedBySession(state.state()));
    }
  }

  private void send(
      LockWrite.Ask ask, Optional<LockInfo> holder, Consumer<StoredItem> rejectedWith) {
    core.requests.change(
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
    core.requests.write(
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
      core.config.bounds().reached(Bound.SESSION_RELEASE_REQUESTS);
      int most = core.config.bounds().of(Bound.SESSION_RELEASE_REQUESTS);
      result.completeExceptionally(Refusals.tooManyAsk(key, most));
    } else {
      // The session has ended: no client holds its locks any more.
      result.complete(Optional.empty());
    }
  }
}
