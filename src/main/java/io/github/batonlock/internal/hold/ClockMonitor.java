package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.observe.KeyObservers;
import io.github.batonlock.internal.protocol.ClockSkewDetector;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Detects that this machine's clocks break the assumptions of leases, while locks are held, and
 * keeps the bounds of the table's clock (protocol sections 2 and 9).
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ClockMonitor implements ActiveHolds.Listener {
  private static final long TICK = Duration.ofSeconds(1).toNanos();

  /** Time daemons make smaller steps regularly. */
  private static final long REPORTED_STEP = Duration.ofSeconds(1).toNanos();

  private final EventLoop loop;
  private final CallbackDispatcher callbacks;
  private final ActiveHolds holds;
  private final Observations observations;
  private final KeyObservers observers;
  private final TableClock tableClock;
  private final ClockSkewDetector skew = new ClockSkewDetector();
  private @Nullable ClockReading last;

  public ClockMonitor(
      EventLoop loop,
      CallbackDispatcher callbacks,
      ActiveHolds holds,
      Observations observations,
      KeyObservers observers,
      TableClock tableClock) {
    this.loop = loop;
    this.callbacks = callbacks;
    this.holds = holds;
    this.observations = observations;
    this.observers = observers;
    this.tableClock = tableClock;
  }

  @Override
  public void began(ActiveHolds.Hold hold) {
    assert loop.isCurrent();
    if (last == null) {
      last = loop.now();
      tickLater();
    }
  }

  /** The next tick finds out whether it was the last one. */
  @Override
  public void ended(ActiveHolds.Hold hold) {}

  private void tickLater() {
    loop.schedule(TICK, this::tick);
  }

  private void tick() {
    ClockReading now = loop.now();
    ClockReading before = last;
    last = holds.hasHolds() ? now : null;
    if (last != null) {
      tickLater();
    }
    if (before != null) {
      wallClockSaw(now.wallSince(before) - now.monotonicSince(before));
    }
  }

  /**
   * A backward step changes nothing. After a forward step, leases may be over by the wall clock.
   */
  private void wallClockSaw(long unseen) {
    if (unseen < REPORTED_STEP) {
      return;
    }
    holds.holds().forEach(ActiveHolds.Hold::checkClocks);
    callbacks.tell(
        listener ->
            listener.clockSuspect(
                Duration.ofNanos(unseen),
                "the wall clock of this machine went ahead of its monotonic clock by "
                    + Duration.ofNanos(unseen).toMillis()
                    + " ms: a suspend, or a step of the wall clock"));
  }

  /**
   * An answer had a date.
   *
   * @param date its {@code Date}
   * @param sentAt taken before the request was sent
   * @param receivedAt taken after the answer was received
   */
  public void answered(Instant date, ClockReading sentAt, ClockReading receivedAt) {
    tableClock.answer(date, sentAt, receivedAt);
    skew.answered(sentAt.nanos(), receivedAt.nanos(), date).ifPresent(this::serverDisagrees);
  }

  /** Held locks and observations that were timed by such a clock cannot be trusted. */
  private void serverDisagrees(Duration unseen) {
    assert loop.isCurrent();
    ClockReading now = loop.now();
    observations.clear();
    observers.clocksWereWrong();
    holds.holds().forEach(hold -> hold.suspect(now));
    callbacks.tell(
        listener ->
            listener.clockSuspect(
                unseen,
                "the monotonic clock of this machine and DynamoDB's differ by "
                    + unseen.toMillis()
                    + " ms beyond what leases tolerate: a paused virtual machine, or a clock that"
                    + " runs at a wrong rate"));
  }
}
