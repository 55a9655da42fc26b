package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.LockItem;
import org.jspecify.annotations.Nullable;

/** What an acquisition does next, after an answer has shown the item of its lock. */
sealed interface NextStep {

  /** Fails: the item is not a lock. */
  record Fail(RuntimeException why) implements NextStep {}

  /** Fails: there is no item, and the request creates none. */
  record NoSuchLock() implements NextStep {}

  /** Writes: the lock is free, or its item is gone. */
  record TakeFree() implements NextStep {}

  /**
   * Looks again later. The lock was held when the write arrived, and was free when its answer was
   * made: it is changing hands.
   */
  record LookAgain() implements NextStep {}

  /** The lock is held. */
  sealed interface Held extends NextStep {
    LockItem item();

    LockInfo holder();
  }

  /**
   * Takes the lock over from a silent holder.
   *
   * @param silentVersion the version that the write names; null if the answer was older than the
   *     observation, so that only a write can show the current item
   * @param isGhost whether the item names a hold of this client that is over
   */
  record TakeOver(LockItem item, LockInfo holder, @Nullable String silentVersion, boolean isGhost)
      implements Held {}

  /**
   * Waits for the holder.
   *
   * @param untilTakeover the time until a silent holder may be taken over, in nanoseconds
   */
  record AwaitHolder(LockItem item, LockInfo holder, long untilTakeover) implements Held {}

  /**
   * Waits for the end of the session that keeps the lock, or takes the lock over if the session has
   * ended.
   */
  record AwaitSession(LockItem item, LockInfo holder, LockKey session, boolean isOver)
      implements Held {}
}
