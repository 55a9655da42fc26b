package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Detects that this machine's clocks break the assumptions of leases, while locks are held
 * (protocol section 2).
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class ClockMonitor {
  private static final long TICK = Duration.ofSeconds(1).toNanos();

  /** Time daemons make smaller steps regularly. */
  private static final long REPORTED_STEP = Duration.ofSeconds(1).toNanos();

  private final HoldContext core;
  private @Nullable ClockReading last;

  ClockMonitor(HoldContext core) {
    this.core = core;
  }

  /** Called when a hold begins. */
  void start() {
    assert core.loop.isCurrent();
    if (last == null) {
      last = core.loop.now();
      tickLater();
    }
  }

  private void tickLater() {
    core.loop.schedule(TICK, this::tick);
  }

  private void tick() {
    ClockReading now = core.loop.now();
    ClockReading before = last;
    last = core.holds.hasHolds() ? now : null;
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
    core.holds.holds().forEach(LeaseRenewer::checkClocks);
    core.notices.tell(
        listener ->
            listener.clockSuspect(
                Duration.ofNanos(unseen),
                "the wall clock of this machine went ahead of its monotonic clock by "
                    + Duration.ofNanos(unseen).toMillis()
                    + " ms: a suspend, or a step of the wall clock"));
  }

  /** Held locks and observations that were timed by such a clock cannot be trusted. */
  public void serverDisagrees(Duration unseen) {
    assert core.loop.isCurrent();
    ClockReading now = core.loop.now();
    core.observations.clear();
    core.watches.clocksWereWrong();
    core.holds.holds().forEach(hold -> hold.suspect(now));
    core.notices.tell(
        listener ->
            listener.clockSuspect(
                unseen,
                "the monotonic clock of this machine and DynamoDB's differ by "
                    + unseen.toMillis()
                    + " ms beyond what leases tolerate: a paused virtual machine, or a clock that"
                    + " runs at a wrong rate"));
  }
}
