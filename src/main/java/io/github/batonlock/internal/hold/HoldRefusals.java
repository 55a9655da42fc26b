package io.github.batonlock.internal.hold;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.internal.protocol.LeaseTerms;
import java.time.Duration;

/** The exceptions for what a held lock cannot promise. */
final class HoldRefusals {
  private HoldRefusals() {}

  static IllegalArgumentException neverThatLong(LockKey key, LeaseTerms terms, Duration asked) {
    return new IllegalArgumentException(
        "ensureHeldFor("
            + asked
            + ") on lock '"
            + key
            + "': a lease of "
            + terms.lease().toMillis()
            + " ms is usable for "
            + terms.usable().toMillis()
            + " ms at most; use a positive duration within it, or a longer lease");
  }

  static LockNotHeldException notThatLong(
      LockKey key, String lock, long leftNanos, Duration asked) {
    return new LockNotHeldException(
        key,
        lock
            + " is good for another "
            + Duration.ofNanos(leftNanos).toMillis()
            + " ms, less than the "
            + asked.toMillis()
            + " ms asked for");
  }

  static LockNotHeldException suspect(LockKey key, String lock) {
    return new LockNotHeldException(
        key,
        lock
            + " is suspect: this machine's clocks disagree whether its lease is over (a suspend,"
            + " or a step of the wall clock). A renewal that settles it is under way");
  }

  static IllegalStateException released(LockKey key, long fencingToken) {
    return new IllegalStateException(
        "Lock '" + key + "' (token " + fencingToken + ") was released by its holder");
  }
}
