package io.github.batonlock.internal.client;

import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that this machine's clocks left what leases are built on, while locks are held (protocol
 * section 2).
 */
@ConfinedTo(ConfinedTo.LOOP)
final class ClockWatch {
  private static final long TICK = Duration.ofSeconds(1).toNanos();

  /** Smaller steps are everyday work of time daemons. */
  private static final long REPORTED_STEP = Duration.ofSeconds(1).toNanos();

  private final Core core;
  private @Nullable ClockReading last;

  ClockWatch(Core core) {
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
    last = core.registry.hasHolds() ? now : null;
    if (last != null) {
      tickLater();
    }
    if (before != null) {
      wallClockSaw(now.wallSince(before) - now.monotonicSince(before));
    }
  }

  /** A backward step changes nothing; after a forward one, leases may be over by the wall. */
  private void wallClockSaw(long unseen) {
    if (unseen < REPORTED_STEP) {
      return;
    }
    core.registry.holds().forEach(LeaseKeeper::checkClocks);
    core.notices.tell(
        listener ->
            listener.clockSuspect(
                Duration.ofNanos(unseen),
                "the wall clock of this machine went ahead of its monotonic clock by "
                    + Duration.ofNanos(unseen).toMillis()
                    + " ms: a suspend, or a step of the wall clock"));
  }

  /** Neither held locks nor observations can be trusted that were timed by such a clock. */
  void serverDisagrees(Duration unseen) {
    assert core.loop.isCurrent();
    ClockReading now = core.loop.now();
    core.observations.clear();
    core.watches.clocksWereWrong();
    core.registry.holds().forEach(hold -> hold.suspect(now));
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
