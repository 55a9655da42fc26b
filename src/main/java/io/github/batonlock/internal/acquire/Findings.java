package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Grant;
import io.github.batonlock.internal.observe.SessionObserver;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The part of one acquisition that decides what to do next, after each item that was found.
 *
 * <p>If the lock is free or its item is gone, the acquisition writes at once. If the lock is held,
 * the acquisition reads it again until it is free, until its holder has been silent for long
 * enough, or until the caller's time is up.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Findings implements SessionObserver.Waiter {
  /** The kind of request that showed an item. */
  enum Shown {
    BY_READ,
    BY_REJECTED_ACQUIRE,
    BY_REJECTED_TAKEOVER
  }

  private final AcquireContext core;
  private final AcquireSpec spec;
  private final Acquisition acquisition;
  private final Tries tries;
  private final UnsettledGrants attempts;
  private final AcquisitionTimer waiting;
  private final TakeoverPolicy takeover;
  private final boolean oneTry;
  private @Nullable LockInfo holder;
  private @Nullable LockItem sharing;
  private final @Nullable ReleaseRequester petition;

  Findings(AcquireContext core, AcquireSpec spec, Acquisition acquisition, Tries tries) {
    this.core = core;
    this.spec = spec;
    this.acquisition = acquisition;
    this.tries = tries;
    this.attempts = tries.attempts();
    this.waiting = tries.waiting();
    this.takeover = core.takeover;
    this.oneTry = acquisition.isOneTry();
    this.petition = oneTry ? null : ReleaseRequester.of(core, spec);
  }

  private LockKey key() {
    return spec.key();
  }

  /** The holder of the lock at the last observation; null if no holder was seen. */
  @Nullable LockInfo holder() {
    return holder;
  }

  void found(StoredItem stored, @Nullable Instant serverDate, Shown by, long lookSent) {
    if (stored.state() instanceof ItemState.Lock lock) {
      foundLock(lock.item(), stored, serverDate, by, lookSent);
    } else if (acquisition.isDone()) {
      tries.settledAfterEnd();
    } else if (stored.state() instanceof ItemState.NotALock bad) {
      acquisition.fail(new MalformedLockItemException(key(), bad.attribute(), bad.problem()));
    } else if (by == Shown.BY_REJECTED_ACQUIRE) {
      core.observations.forget(key());
      if (spec.onlyIfExists()) {
        acquisition.notAcquired(Reason.NO_SUCH_LOCK);
      } else {
        // The lock was held when the write arrived; its item has been deleted since.
        waitForChange(Long.MAX_VALUE);
      }
    } else {
      core.observations.forget(key());
      tries.writeIfInTime(null);
    }
  }

  private void foundLock(
      LockItem item, StoredItem stored, @Nullable Instant serverDate, Shown by, long lookSent) {
    if (attempts.mayHaveWritten(item.version()) && !item.released()) {
      granted(item.version(), item);
      return;
    }
    if (acquisition.isDone()) {
      tries.settledAfterEnd();
      return;
    }
    attempts.saw(item, serverDate);
    tries.lastFailure(null);
    ClockReading now = core.loop.now();
    WaitQueue line = acquisition.line();
    if (line != null && !oneTry) {
      line.pace().saw(item, lookSent, now);
    }
    if (item.released()) {
      core.observations.forget(key());
      if (by == Shown.BY_REJECTED_ACQUIRE) {
        waitForChange(Long.MAX_VALUE);
      } else {
        tries.writeIfInTime(null);
      }
      return;
    }
    if (by != Shown.BY_READ && core.observations.hasSeenReplaced(key(), item)) {
      // A rejected write shows the current item: an operator has restored an old one.
      core.observations.forget(key());
    }
    foundHolder(core.infos.of(key(), item, stored.attributes()), item);
  }

  private void foundHolder(LockInfo info, LockItem item) {
    holder = info;
    WaitQueue line = acquisition.line();
    if (line != null && !item.ownerName().equals(core.config.ownerName())) {
      line.heldElsewhere(info);
    }
    ClockReading now = core.loop.now();
    Observation seen = core.observations.see(key(), item, now.nanos());
    if (item.session() != null && !takeover.isOwnGhost(key(), item)) {
      heldByASession(item, item.session());
    } else if (takeover.mayTakeOver(key(), item, seen, now)) {
      // The read was older than the observation: only a write can show the current state.
      tries.writeIfInTime(seen.version().equals(item.version()) ? item.version() : null);
    } else {
      waitForChange(seen.untilTakeover(now.nanos()));
      ask(item);
    }
  }

  private void ask(LockItem item) {
    if (petition != null) {
      petition.holderIs(item);
    }
  }

  /** This client holds the lock itself. */
  void heldHere(DefaultHeldLock lock) {
    if (petition != null) {
      petition.heldHere(lock);
    }
  }

  /** The acquisition has ended. */
  void end(boolean granted) {
    if (petition != null) {
      petition.end(granted);
    }
  }

  private void heldByASession(LockItem item, LockKey key) {
    sharing = item;
    if (core.sessionWatches.isOver(key)) {
      tries.writeIfInTime(item.version());
      return;
    }
    if (!oneTry) {
      waitForChange(Long.MAX_VALUE);
    }
    if (!acquisition.isDone()) {
      core.sessionWatches.join(key, item.leaseDuration(), this);
      ask(item);
    }
  }

  @Override
  public void sessionIsOver(LockKey key) {
    LockItem item = sharing;
    if (!acquisition.isDone() && tries.areIdle() && item != null && key.equals(item.session())) {
      tries.writeIfInTime(item.version());
    }
  }

  @Override
  public void sessionIsAlive() {
    if (!acquisition.isDone() && oneTry && !tries.areWriting()) {
      acquisition.notAcquired(Reason.HELD);
    }
  }

  @Override
  public void sessionIsUnknown(RuntimeException failure) {
    if (acquisition.isDone() || tries.areWriting()) {
      return;
    }
    if (oneTry || !(failure instanceof LockStoreException store) || !store.kind().isTransient()) {
      acquisition.fail(failure);
    } else {
      tries.lastFailure(store);
    }
  }

  @Override
  public boolean isInAHurry() {
    return oneTry;
  }

  private void waitForChange(long untilTakeover) {
    WaitQueue line = acquisition.line();
    if (line == null || oneTry || waiting.isTimeUp()) {
      acquisition.notAcquired(Reason.HELD);
      return;
    }
    acquisition.goesOnWaiting();
    if (tries.wasFreedMeanwhile()) {
      tries.write(null);
    } else if (!core.holds.isHeldHere(key())) {
      waiting.pause(
          Math.min(line.pace().next(core.loop.now().nanos()), untilTakeover), tries::poll);
    }
  }

  void granted(String version, LockItem item) {
    UnsettledGrants.Sent sent = attempts.sent(version);
    ClockReading now = core.loop.now();
    if (acquisition.isDone()) {
      tries.settledAfterEnd();
    } else if (sent.isOver(spec.terms(), now)) {
      grantedTooLate(version, now.holderElapsedSince(sent.at()));
    } else {
      attempts.granted(version);
      core.observations.forget(key());
      acquisition.hold(new Grant(version, sent.at(), sent.session()), item);
    }
  }

  /**
   * The lease ended before the answer arrived. The lock is held by a ghost: a granting write of
   * this client that no caller was told of.
   */
  private void grantedTooLate(String version, long used) {
    if (oneTry || waiting.isTimeUp()) {
      acquisition.fail(Refusals.grantedTooLate(key(), spec.terms(), used));
    } else {
      attempts.notApplied(version);
      tries.write(version);
    }
  }
}
