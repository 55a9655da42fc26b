package io.github.batonlock.internal.hold;

import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.LeaseStatus;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The texts about a held lock: for messages, and for its loss. Any thread. */
final class HoldText {
  private HoldText() {}

  /** The text for messages of exceptions. */
  static String withOwner(DefaultHeldLock lock, String ownerName, ClockReading now) {
    return "Lock '"
        + lock.key()
        + "' (token "
        + lock.fencingToken()
        + ", owner '"
        + ownerName
        + "', renewed "
        + Duration.ofNanos(now.holderElapsedSince(lock.view().confirmedAt())).toMillis()
        + " ms ago)";
  }

  /** The text for logs. */
  static String withState(DefaultHeldLock lock, @Nullable HoldEnd end, LeaseStatus standing) {
    String state =
        end == null
            ? standing == LeaseStatus.GOOD ? "held" : "not certainly held"
            : end instanceof HoldEnd.Revoked revoked
                ? "revoked: " + revoked.revocation().reason()
                : "released";
    return "lock '" + lock.key() + "' (token " + lock.fencingToken() + ") " + state;
  }

  /** The revocation that describes the loss of a lock at this moment. */
  static Revocation loss(
      DefaultHeldLock lock,
      Revocation.Reason reason,
      ClockReading now,
      @Nullable Throwable lastFailure) {
    long elapsed = Math.max(0, now.holderElapsedSince(lock.view().confirmedAt()));
    long untilTakeover =
        HoldLimitMonitor.leavesTheItem(reason)
            ? Math.max(0, lock.terms().lease().toNanos() - elapsed)
            : 0;
    return new Revocation(
        lock.key(),
        lock.fencingToken(),
        reason,
        Duration.ofNanos(elapsed),
        Duration.ofNanos(untilTakeover),
        lastFailure);
  }
}
