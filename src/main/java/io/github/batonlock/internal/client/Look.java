package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.request.RequestTimes;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.ReadAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A look at a lock by somebody who wants any of several: whether to try this one.
 *
 * <p>It decides nothing: a try's condition does. What it sees is observed, so that looks from time
 * to time tell a silent holder.
 *
 * @param core the client
 * @param key the lock
 * @param mayBeFree told whether a try may succeed
 */
@ConfinedTo(ConfinedTo.LOOP)
record Look(Core core, LockKey key, CompletableFuture<Boolean> mayBeFree) {

  void begin(boolean consistent) {
    if (core.registry.isHeldHere(key)) {
      mayBeFree.complete(false);
    } else {
      read(key, consistent, this::lockRead);
    }
  }

  private void read(LockKey what, boolean consistent, Consumer<ReadAnswer> then) {
    core.requests.read(
        what,
        consistent,
        RequestTimes.patient(core.config.terms()),
        then,
        mayBeFree::completeExceptionally);
  }

  private void lockRead(ReadAnswer answer) {
    if (!(answer.item().state() instanceof ItemState.Lock lock) || lock.item().released()) {
      // Absent, free, or no lock at all: which a try will say.
      core.observations.forget(key);
      mayBeFree.complete(true);
      return;
    }
    LockItem item = lock.item();
    LockKey session = item.session();
    if (session == null || core.takeover.isOwnGhost(key, item)) {
      mayBeFree.complete(isSilent(key, item));
    } else if (core.sessionWatches.isOver(session)) {
      mayBeFree.complete(true);
    } else {
      read(session, false, found -> sessionRead(session, found));
    }
  }

  private void sessionRead(LockKey session, ReadAnswer answer) {
    boolean stands =
        answer.item().state() instanceof ItemState.Lock lock
            && !lock.item().released()
            && !isSilent(session, lock.item());
    mayBeFree.complete(!stands);
  }

  private boolean isSilent(LockKey what, LockItem item) {
    Moment now = core.now();
    Observation seen = core.observations.see(what, item, now.nanos());
    return core.takeover.mayTakeOver(what, item, seen, now);
  }
}
