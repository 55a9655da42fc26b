package io.github.batonlock.internal.hold;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * The schedule of the requests that renew a lease. The next one is due after a while, at once, or
 * after a pause that grows with failures. One request at a time, each in its turn among the
 * client's.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class HeartbeatScheduler {
  private final EventLoop loop;
  private final HoldRequests requests;
  private final Lease lease;
  private Timer timer = () -> {};
  private @Nullable Backoff backoff;
  private boolean waitsForTurn;
  private boolean inFlight;
  private boolean throttled;
  private int timedOut;

  /** The lease that is renewed. */
  interface Lease {
    LeaseTerms terms();

    LeaseView view();

    boolean isOver();

    /** Sends one request in this turn, or none if no request is needed any more. */
    void beat(Turn turn);
  }

  /** Creates a schedule that has not begun. */
  HeartbeatScheduler(EventLoop loop, HoldRequests requests, Lease lease) {
    this.loop = loop;
    this.requests = requests;
    this.lease = lease;
  }

  /** Makes the next request due after this many nanoseconds, instead of its former time. */
  void in(long nanos) {
    assert loop.isCurrent();
    timer.cancel();
    timer = loop.schedule(nanos, this::askForTurn);
  }

  /** Makes the next request due as soon as its turn comes. */
  void now() {
    assert loop.isCurrent();
    timer.cancel();
    askForTurn();
  }

  private void askForTurn() {
    if (lease.isOver() || inFlight || waitsForTurn) {
      return;
    }
    waitsForTurn = true;
    requests.renewal(
        lease.terms(),
        lease.view().confirmedAt(),
        throttled,
        turn -> {
          waitsForTurn = false;
          lease.beat(turn);
        });
  }

  /** A request was sent. */
  void sent() {
    inFlight = true;
  }

  /** The request was answered, or has failed. */
  void answered() {
    inFlight = false;
  }

  /** The lease is renewed. */
  void succeeded() {
    throttled = false;
    // One step only: a table that stays slow does not get short limits again.
    timedOut = Math.max(0, timedOut - 1);
    if (backoff != null) {
      backoff.reset();
    }
  }

  /**
   * Tries again after a pause.
   *
   * @param failure of the last try; null if that try had an answer
   * @param remainingNanos for how long trying again is of use
   */
  void again(@Nullable LockStoreException failure, long remainingNanos) {
    throttled = failure != null && failure.kind() == LockStoreException.Kind.THROTTLED;
    if (failure != null && failure.kind() == LockStoreException.Kind.TIMED_OUT) {
      timedOut++;
    }
    if (backoff == null) {
      backoff = requests.backoff(lease.terms());
    }
    in(backoff.next(remainingNanos));
  }

  /** How long the next request may take. */
  Timeouts timeouts(long remainingNanos) {
    return RequestTimeouts.renewal(lease.terms(), remainingNanos, timedOut);
  }

  /** Stops the schedule: no request is due any more. */
  void stop() {
    timer.cancel();
  }
}
