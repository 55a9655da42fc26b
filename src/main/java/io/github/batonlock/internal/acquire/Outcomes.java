package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockListener.AcquisitionEnded.Outcome;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What listeners are told of acquisitions that ended without a lock. */
final class Outcomes {
  private Outcomes() {}

  /**
   * The outcome of an acquisition without a lock.
   *
   * @param failure how its future failed; null for one try that found the lock held
   * @param isOneTry whether the caller did not wait
   */
  static Outcome withoutLock(@Nullable Throwable failure, boolean isOneTry) {
    if (failure == null) {
      return Outcome.NOT_ACQUIRED;
    } else if (failure instanceof LockNotAcquiredException refused) {
      return of(refused.reason(), isOneTry);
    }
    return failure instanceof CancellationException ? Outcome.CANCELLED : Outcome.FAILED;
  }

  private static Outcome of(Reason reason, boolean isOneTry) {
    if (reason == Reason.CLIENT_CLOSED) {
      return Outcome.CANCELLED;
    }
    boolean isTimeUp = !isOneTry && reason != Reason.NO_SUCH_LOCK;
    return isTimeUp ? Outcome.TIMED_OUT : Outcome.NOT_ACQUIRED;
  }
}
