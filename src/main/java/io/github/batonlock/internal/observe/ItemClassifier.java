package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.LockWrite;
import org.jspecify.annotations.Nullable;

/**
 * The judge of what an answer shows of an item. It also records the answer as an observation.
 *
 * <pre>
 *   no item ------------------&gt; Absent      a session: counts from when it was first missing
 *   not a lock ---------------&gt; NotALock
 *   released -----------------&gt; Released
 *   held, names a session ----&gt; Shared      unless it is a ghost of this client
 *   held, replaced version ---&gt; Live/Stale  by the observation of the later version, if the answer
 *        |                                  may be old; otherwise an operator has put it back, and
 *        |                                  it is observed anew
 *   held, by its version -----&gt; Live, Silent or OwnGhost
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ItemClassifier {
  private final EventLoop loop;
  private final Observations observations;
  private final TakeoverPolicy takeover;

  public ItemClassifier(EventLoop loop, Observations observations, TakeoverPolicy takeover) {
    this.loop = loop;
    this.observations = observations;
    this.takeover = takeover;
  }

  /**
   * Judges an answer at the time at which it is in hand, for a client that wants the lock.
   *
   * @param key of the item
   * @param state the state that the answer shows
   * @param isCurrent whether the answer shows the current state, as strongly consistent reads and
   *     refused writes do
   * @return the finding
   */
  public Finding classify(LockKey key, ItemState state, boolean isCurrent) {
    return classify(key, state, isCurrent, loop.now());
  }

  /**
   * The same, with the holder's silence judged at another time: when the look was sent, for
   * example, since time that passes without a look proves nothing.
   */
  Finding classify(LockKey key, ItemState state, boolean isCurrent, ClockReading judgedAt) {
    assert loop.isCurrent();
    if (state instanceof ItemState.Lock lock) {
      return ofLock(key, lock.item(), isCurrent, judgedAt);
    } else if (state instanceof ItemState.NotALock bad) {
      observations.forget(key);
      return new Finding.NotALock(
          new MalformedLockItemException(key, bad.attribute(), bad.problem()));
    }
    return new Finding.Absent(missingSince(key, isCurrent));
  }

  private long missingSince(LockKey key, boolean isCurrent) {
    long now = loop.now().nanos();
    if (!SessionKey.isSession(key)) {
      observations.forget(key);
      return now;
    }
    // Only a current answer shows that a session's item is missing.
    return isCurrent ? observations.missing(key, now) : now;
  }

  private Finding ofLock(LockKey key, LockItem item, boolean isCurrent, ClockReading judgedAt) {
    if (item.released()) {
      observations.forget(key);
      return new Finding.Released(item);
    }
    if (isCurrent && observations.hasSeenReplaced(key, item)) {
      // An operator has restored an old item.
      observations.forget(key);
    }
    LockKey session = item.session();
    boolean isGhost = takeover.isOwnGhost(key, item);
    return session == null || isGhost || SessionKey.isSession(key)
        ? byVersion(key, item, isGhost, judgedAt)
        : new Finding.Shared(item, session);
  }

  private Finding byVersion(LockKey key, LockItem item, boolean isGhost, ClockReading judgedAt) {
    ClockReading now = loop.now();
    Observation seen = observations.see(key, item, now.nanos());
    if (!takeover.mayTakeOver(key, item, seen, judgedAt)) {
      return new Finding.Live(item, seen, takeover.untilTakeover(item, seen, now));
    } else if (!seen.version().equals(item.version())) {
      return new Finding.Stale(item, seen);
    }
    return isGhost ? new Finding.OwnGhost(item, seen) : new Finding.Silent(item, seen);
  }

  // Before an answer is recorded

  /** Whether this client has seen a holder since it last saw the lock free. */
  public boolean hasSeenHolder(LockKey key) {
    return observations.of(key) != null;
  }

  /** What this client has observed of an item; null if nothing. */
  public @Nullable Observation observationOf(LockKey key) {
    return observations.of(key);
  }

  /** Whether this client has seen the item's version replaced. */
  boolean hasSeenReplaced(LockKey key, LockItem item) {
    return observations.hasSeenReplaced(key, item);
  }

  /** Whether a look that still shows a holder as it was found shows it silent for long enough. */
  boolean wouldBeSilent(LockKey key, Finding.Observed known, ClockReading at) {
    return takeover.mayTakeOver(key, known.item(), known.seen(), at);
  }

  /** Whether an item, if a look sent at a given time shows it, shows a holder that is silent. */
  boolean wouldBeSilent(LockKey key, LockItem item, ClockReading at) {
    Observation seen = observations.of(key);
    return seen != null
        && seen.version().equals(item.version())
        && takeover.mayTakeOver(key, item, seen, at);
  }

  // At first sight

  /**
   * Whether a lease is over by what the lock's item says of its version. Also where a session keeps
   * the lock and has no item: when that was said, no client could renew the session any more.
   */
  boolean isOverAtFirstSight(LockItem item) {
    return takeover.isOverAtFirstSight(item, loop.now());
  }

  /** The mark that this client leaves in a held item; null if none is wanted. */
  public LockWrite.@Nullable Mark markOf(LockKey key, LockItem item, @Nullable Observation seen) {
    SentBefore mark = takeover.mark(item, seen, loop.now());
    return mark == null ? null : new LockWrite.Mark(key, mark, item.sentBefore());
  }

  // The time for which observations are kept

  /** An observer has a subscriber: the observation is not forgotten for lack of room. */
  void retain(LockKey key) {
    observations.retain(key);
  }

  /** The observer has no subscriber any more. */
  void release(LockKey key) {
    observations.release(key, loop.now().nanos());
  }

  /** The observation is wrong, or no longer needed. */
  public void forget(LockKey key) {
    observations.forget(key);
  }
}
