package io.github.batonlock.internal.client;

import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.RequestTimes;
import io.github.batonlock.internal.request.Turns.Turn;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.store.Timeouts;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When the next request that renews a lease is due: after a while, at once, or after a pause that
 * grows with failures. One at a time, each in its turn among the client's.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class NextBeat {
  private final LeaseKeeper keeper;
  private final Consumer<Turn> beat;
  private Timer timer = () -> {};
  private @Nullable Backoff backoff;
  private boolean waitsForTurn;
  private boolean inFlight;
  private boolean throttled;
  private int timedOut;

  /**
   * A rhythm that has not begun.
   *
   * @param keeper whose lease
   * @param beat sends one request, or none if there is no need any more
   */
  NextBeat(LeaseKeeper keeper, Consumer<Turn> beat) {
    this.keeper = keeper;
    this.beat = beat;
  }

  /** After so many nanoseconds, instead of whenever it was due. */
  void in(long nanos) {
    assert keeper.core.loop.isCurrent();
    timer.cancel();
    timer = keeper.core.loop.schedule(nanos, this::askForTurn);
  }

  /** As soon as its turn comes. */
  void now() {
    assert keeper.core.loop.isCurrent();
    timer.cancel();
    askForTurn();
  }

  private void askForTurn() {
    if (keeper.isOver() || inFlight || waitsForTurn) {
      return;
    }
    waitsForTurn = true;
    keeper.core.requests.renewal(
        keeper.spec().terms(),
        keeper.lock().view().confirmedAt(),
        throttled,
        turn -> {
          waitsForTurn = false;
          beat.accept(turn);
        });
  }

  /** A request is on its way. */
  void sent() {
    inFlight = true;
  }

  /** Its answer is there, or none will come. */
  void answered() {
    inFlight = false;
  }

  /** The lease is renewed. */
  void succeeded() {
    throttled = false;
    // One step only: a table that stays slow is not tried with short limits anew.
    timedOut = Math.max(0, timedOut - 1);
    if (backoff != null) {
      backoff.reset();
    }
  }

  /**
   * Tries again after a pause.
   *
   * @param failure of the last try; null if it had an answer
   * @param remainingNanos for so long trying is of use
   */
  void again(@Nullable LockStoreException failure, long remainingNanos) {
    throttled = failure != null && failure.kind() == LockStoreException.Kind.THROTTLED;
    if (failure != null && failure.kind() == LockStoreException.Kind.TIMED_OUT) {
      timedOut++;
    }
    if (backoff == null) {
      backoff = keeper.core.requests.backoff(keeper.spec().terms());
    }
    in(backoff.next(remainingNanos));
  }

  /** How long the next request may take. */
  Timeouts timeouts(long remainingNanos) {
    return RequestTimes.renewal(keeper.spec().terms(), remainingNanos, timedOut);
  }

  /** Nothing is due any more. */
  void stop() {
    timer.cancel();
  }
}
