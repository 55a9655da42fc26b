package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.Moment;
import java.time.Duration;

/** What a holder asks of a lock before it goes on: returns, or throws and says why. Any thread. */
final class HoldChecks {
  private HoldChecks() {}

  /** Whether any lease of the lock can last that long. */
  static void checkPossible(DefaultHeldLock lock, Duration duration) {
    Duration usable = lock.terms().usable();
    if (duration.isNegative() || duration.isZero() || duration.compareTo(usable) > 0) {
      throw Refusals.neverThatLong(lock.key(), lock.terms(), duration);
    }
  }

  /** Whether the lock is held, and its lease good for as long as needed. */
  static void require(
      DefaultHeldLock lock, String ownerName, Moment now, long remainingNanos, Duration needed) {
    if (remainingNanos > 0 && remainingNanos >= needed.toNanos()) {
      return;
    }
    if (lock.isEnded()) {
      throw lock.overException();
    }
    String text = HoldText.withOwner(lock, ownerName, now);
    throw remainingNanos > 0
        ? Refusals.notThatLong(lock.key(), text, remainingNanos, needed)
        : Refusals.suspect(lock.key(), text);
  }
}
