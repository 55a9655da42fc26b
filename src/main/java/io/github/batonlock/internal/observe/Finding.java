package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;

/**
 * What an answer shows of an item, judged by what this client has observed of it before (see {@link
 * ItemClassifier}).
 */
public sealed interface Finding {

  /**
   * There is no item.
   *
   * @param since when a session's item was first missing, on the monotonic clock; now, for a lock
   */
  record Absent(long since) implements Finding {}

  /**
   * The item is not a lock. It must never be overwritten.
   *
   * @param problem what is wrong with it
   */
  record NotALock(MalformedLockItemException problem) implements Finding {}

  /**
   * The item is kept, and no client holds the lock. A session has ended.
   *
   * @param item the lock item
   */
  record Released(LockItem item) implements Finding {}

  /** A client holds the lock, as far as the item says. */
  sealed interface Held extends Finding {
    LockItem item();
  }

  /**
   * The lock is held as long as a session lasts. The version of the session decides, not the lock's
   * own.
   *
   * @param item the lock item
   * @param session the session that it names
   */
  record Shared(LockItem item, LockKey session) implements Held {}

  /** The item's own versions decide. */
  sealed interface Observed extends Held {
    /** The observation; of a later version than the item's, if the answer was out of date. */
    Observation seen();
  }

  /**
   * The holder has not been silent for long enough. Also an item that an operator has put back: its
   * observation has begun anew.
   *
   * @param item the lock item
   * @param seen the observation
   * @param untilTakeover the time until a silent holder may be taken over, in nanoseconds
   */
  record Live(LockItem item, Observation seen, long untilTakeover) implements Observed {}

  /**
   * The holder has been silent for long enough: a write conditioned on the item's version may take
   * the lock.
   *
   * @param item the lock item
   * @param seen the observation
   */
  record Silent(LockItem item, Observation seen) implements Observed {}

  /**
   * A hold of this client that is over or has never begun: a write conditioned on the item's
   * version may take the lock at once.
   *
   * @param item the lock item
   * @param seen the observation
   */
  record OwnGhost(LockItem item, Observation seen) implements Observed {}

  /**
   * The answer is older than the observation, and the version that it no longer shows may be taken
   * over: only an answer to a write, or a strongly consistent read, shows what is there.
   *
   * @param item the lock item
   * @param seen the observation
   */
  record Stale(LockItem item, Observation seen) implements Observed {}
}
