package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;

/**
 * Nobody believes in a lease for longer than its usable part after the send of the last renewal
 * that the table has applied, by either of his clocks; and whoever believes is named by the item.
 */
final class LeaseCheck extends Check {
  private static final long MOMENT = Duration.ofMillis(50).toNanos();

  LeaseCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  /** What nobody could be sure to have any more is not returned. */
  private void granted(Hold hold) {
    Reading renewed = hold.renewedBefore;
    if (renewed != null) {
      long late = hold.grantedAt.monotonic() - renewed.monotonic() - usable(hold.node);
      long at = hold.grantedAt.world();
      if (late > MOMENT && !hold.node.wasHindered(at - late, at)) {
        violated(at, hold + " was returned when its lease was over");
      }
    }
  }

  /** Where wall clocks are stepped back and forth, only the monotonic one says how long it was. */
  private long elapsed(Hold.Belief belief) {
    boolean wallSaysNothing = scenario.has(Hazard.WALL_STEPS) && !scenario.has(Hazard.SUSPENDS);
    return wallSaysNothing
        ? belief.at().monotonic() - belief.renewedAt().monotonic()
        : belief.at().holderElapsedSince(belief.renewedAt());
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      granted(hold);
      long interfered = interferedAt(hold);
      for (Hold.Belief belief : hold.beliefs) {
        long elapsed = elapsed(belief);
        if (elapsed >= usable(hold.node)) {
          violated(
              belief.at().world(),
              hold
                  + " was believed "
                  + Duration.ofNanos(elapsed).toMillis()
                  + " ms after its last applied renewal was sent");
        }
        boolean stillOurs = belief.at().world() < interfered && scenario.clocksAreSound();
        if (!belief.namedByItem() && stillOurs) {
          violated(belief.at().world(), hold + " was believed, but the item names another");
        }
      }
    }
  }
}
