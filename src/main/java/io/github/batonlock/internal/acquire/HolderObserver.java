package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.observe.SessionObserver;
import io.github.batonlock.internal.observe.SessionObservers;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.StoredItem;
import java.time.Duration;

/**
 * The judge of the items that acquisitions are shown. It records each item as an observation, and
 * says what the acquisition does next. It sends nothing, and knows no acquisition.
 *
 * <pre>
 *   not a lock -----------------------------------> fail
 *   absent, or released --by a rejected acquire---> look again (absent, but has to exist: fail)
 *       '--by a read, or a rejected takeover------> take it
 *   held --by a session, not a ghost of ours------> wait for the session; is it over: take over
 *     | '--silent for long enough, or a ghost-----> take over
 *     '--otherwise--------------------------------> wait for the holder
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class HolderObserver {
  /** The request whose answer shows an item. */
  enum Shown {
    BY_READ,
    BY_REJECTED_ACQUIRE,
    BY_REJECTED_TAKEOVER
  }

  private final EventLoop loop;
  private final Observations observations;
  private final TakeoverPolicy takeover;
  private final LockInfoFactory infos;
  private final SessionObservers sessions;

  public HolderObserver(
      EventLoop loop,
      Observations observations,
      TakeoverPolicy takeover,
      LockInfoFactory infos,
      SessionObservers sessions) {
    this.loop = loop;
    this.observations = observations;
    this.takeover = takeover;
    this.infos = infos;
    this.sessions = sessions;
  }

  /** Judges an item that shows no write of the acquisition itself. */
  NextStep judge(AcquireSpec spec, StoredItem stored, Shown by) {
    assert loop.isCurrent();
    LockKey key = spec.key();
    boolean isChanging = by == Shown.BY_REJECTED_ACQUIRE;
    if (stored.state() instanceof ItemState.NotALock bad) {
      return new NextStep.Fail(new MalformedLockItemException(key, bad.attribute(), bad.problem()));
    }
    if (stored.state() instanceof ItemState.Lock lock && !lock.item().released()) {
      if (by != Shown.BY_READ && observations.hasSeenReplaced(key, lock.item())) {
        // A rejected write shows the current item: an operator has restored an old one.
        observations.forget(key);
      }
      return held(key, lock.item(), infoOf(key, lock.item(), stored));
    }
    observations.forget(key);
    boolean isAbsent = !(stored.state() instanceof ItemState.Lock);
    if (isChanging && isAbsent && spec.onlyIfExists()) {
      return new NextStep.NoSuchLock();
    }
    return isChanging ? new NextStep.LookAgain() : new NextStep.TakeFree();
  }

  private NextStep held(LockKey key, LockItem item, LockInfo holder) {
    ClockReading now = loop.now();
    Observation seen = observations.see(key, item, now.nanos());
    LockKey session = item.session();
    if (session != null && !takeover.isOwnGhost(key, item)) {
      return new NextStep.AwaitSession(item, holder, session, sessions.isOver(session));
    } else if (takeover.mayTakeOver(key, item, seen, now)) {
      boolean isCurrent = seen.version().equals(item.version());
      return new NextStep.TakeOver(item, holder, isCurrent ? item.version() : null);
    }
    return new NextStep.AwaitHolder(item, holder, seen.untilTakeover(now.nanos()));
  }

  /** What users see of a held lock. */
  LockInfo infoOf(LockKey key, LockItem item, StoredItem stored) {
    return infos.of(key, item, stored.attributes());
  }

  /** Whether this client has seen a holder since it last saw the lock free. */
  boolean hasSeenHolder(LockKey key) {
    return observations.of(key) != null;
  }

  /** This client has the lock now. */
  void taken(LockKey key) {
    observations.forget(key);
  }

  // Sessions

  /** Waits for the end of the session that an item names, instead of any other. */
  void join(NextStep.AwaitSession held, SessionObserver.Waiter waiter) {
    Duration lease = held.item().leaseDuration();
    sessions.join(held.session(), lease, waiter);
  }

  void leave(SessionObserver.Waiter waiter) {
    sessions.leave(waiter);
  }
}
