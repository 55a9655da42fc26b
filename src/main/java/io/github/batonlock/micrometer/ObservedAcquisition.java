package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockListener.AcquisitionEnded.Outcome;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.micrometer.observation.Observation;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The observation of one acquisition. It ends once. Any thread. */
final class ObservedAcquisition {
  private final LockObserver observer;
  private final @Nullable Observation parent;
  private final Observation observation;
  private final LockObservationContext context;
  private final boolean isOneTry;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * An acquisition that has begun.
   *
   * @param parent of the hold that follows
   * @param isOneTry whether the waiting time is zero
   */
  ObservedAcquisition(
      LockObserver observer,
      @Nullable Observation parent,
      Observation observation,
      LockObservationContext context,
      boolean isOneTry) {
    this.observer = observer;
    this.parent = parent;
    this.observation = observation;
    this.context = context;
    this.isOneTry = isOneTry;
  }

  /** The lock was acquired: its hold begins. */
  ObservedHold acquired(HeldLock lock) {
    end(Outcome.ACQUIRED);
    return observer.hold(lock, parent);
  }

  /** As {@link #acquired}, for a lock that the caller closes itself. */
  HeldLock heldLock(HeldLock lock) {
    try {
      return new ObservedHeldLock(lock, acquired(lock));
    } catch (RuntimeException | Error e) {
      // A handler of observations threw: the caller does not get the lock.
      var unused = lock.closeAsync();
      throw e;
    }
  }

  /** One try found the lock held. */
  void notAcquired() {
    end(Outcome.NOT_ACQUIRED);
  }

  /** The acquisition failed with an exception. Does nothing after its end. */
  void failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    Throwable why = cause == null ? failure : cause;
    Outcome outcome = outcome(why);
    if (outcome == Outcome.FAILED && !ended.get()) {
      var unused = observation.error(why);
    }
    end(outcome);
  }

  private Outcome outcome(Throwable failure) {
    if (failure instanceof LockNotAcquiredException refused) {
      return outcome(refused.reason());
    }
    boolean isCancelled =
        failure instanceof InterruptedException || failure instanceof CancellationException;
    return isCancelled ? Outcome.CANCELLED : Outcome.FAILED;
  }

  private Outcome outcome(Reason reason) {
    return switch (reason) {
      case CLIENT_CLOSED -> Outcome.CANCELLED;
      case NO_SUCH_LOCK -> Outcome.NOT_ACQUIRED;
      case HELD -> isOneTry ? Outcome.NOT_ACQUIRED : Outcome.TIMED_OUT;
    };
  }

  private void end(Outcome outcome) {
    if (ended.compareAndSet(false, true)) {
      context.outcome(LockMeters.name(outcome));
      observation.stop();
    }
  }
}
