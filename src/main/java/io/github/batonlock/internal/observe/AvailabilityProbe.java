package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.ReadAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A probe that finds out whether a lock may be acquired now, without trying. For a caller that
 * wants any of several locks.
 *
 * <p>The probe does not decide whether the lock is granted: the condition of a write does. Its
 * reads count as observations, so repeated reads recognize a silent holder.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class AvailabilityProbe {
  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final Observations observations;
  private final TakeoverPolicy takeover;
  private final SessionObservers sessionWatches;
  private final LocalHolds holds;

  public AvailabilityProbe(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      Observations observations,
      TakeoverPolicy takeover,
      SessionObservers sessionWatches,
      LocalHolds holds) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.observations = observations;
    this.takeover = takeover;
    this.sessionWatches = sessionWatches;
    this.holds = holds;
  }

  /**
   * Looks at a lock with one read, or two where its lease is shared.
   *
   * @param key the lock
   * @param consistent whether the read has to see every write answered before
   * @param mayBeFree completed with whether a try may succeed
   */
  public void look(LockKey key, boolean consistent, CompletableFuture<Boolean> mayBeFree) {
    if (holds.isHeldHere(key)) {
      mayBeFree.complete(false);
    } else {
      read(key, consistent, answer -> lockRead(key, answer, mayBeFree), mayBeFree);
    }
  }

  private void read(
      LockKey key,
      boolean consistent,
      Consumer<ReadAnswer> then,
      CompletableFuture<Boolean> mayBeFree) {
    requests.read(
        key,
        consistent,
        RequestTimeouts.patient(config.terms()),
        then,
        mayBeFree::completeExceptionally);
  }

  private void lockRead(LockKey key, ReadAnswer answer, CompletableFuture<Boolean> mayBeFree) {
    if (!(answer.item().state() instanceof ItemState.Lock lock) || lock.item().released()) {
      // The item is absent, free, or not a lock: a try will show which.
      observations.forget(key);
      mayBeFree.complete(true);
      return;
    }
    LockItem item = lock.item();
    LockKey session = item.session();
    if (session == null || takeover.isOwnGhost(key, item)) {
      mayBeFree.complete(isSilent(key, item));
    } else if (sessionWatches.isOver(session)) {
      mayBeFree.complete(true);
    } else {
      read(session, false, found -> mayBeFree.complete(!keepsLocks(session, found)), mayBeFree);
    }
  }

  private boolean keepsLocks(LockKey session, ReadAnswer answer) {
    return answer.item().state() instanceof ItemState.Lock lock
        && !lock.item().released()
        && !isSilent(session, lock.item());
  }

  private boolean isSilent(LockKey key, LockItem item) {
    ClockReading now = loop.now();
    Observation seen = observations.see(key, item, now.nanos());
    return takeover.mayTakeOver(key, item, seen, now);
  }
}
