package io.github.batonlock.internal.client;

import io.github.batonlock.Revocation;
import io.github.batonlock.internal.protocol.Standing;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is said of a held lock: in messages, and of its loss. Any thread. */
final class HoldText {
  private HoldText() {}

  /** For messages of exceptions. */
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

  /** For logs. */
  static String withState(DefaultHeldLock lock, @Nullable Ending end, Standing standing) {
    String state =
        end == null
            ? standing == Standing.GOOD ? "held" : "not certainly held"
            : end instanceof Ending.Revoked revoked
                ? "revoked: " + revoked.revocation().reason()
                : "released";
    return "lock '" + lock.key() + "' (token " + lock.fencingToken() + ") " + state;
  }

  /** The loss of a lock at this moment. */
  static Revocation loss(
      DefaultHeldLock lock,
      Revocation.Reason reason,
      ClockReading now,
      @Nullable Throwable lastFailure) {
    long elapsed = Math.max(0, now.holderElapsedSince(lock.view().confirmedAt()));
    long untilTakeover =
        Gates.leavesTheItem(reason) ? Math.max(0, lock.terms().lease().toNanos() - elapsed) : 0;
    return new Revocation(
        lock.key(),
        lock.fencingToken(),
        reason,
        Duration.ofNanos(elapsed),
        Duration.ofNanos(untilTakeover),
        lastFailure);
  }
}
