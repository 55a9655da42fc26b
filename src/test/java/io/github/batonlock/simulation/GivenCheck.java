package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;

/**
 * What a call returns is held then, unless a pause, a clock, a limit of its own or an operator has
 * taken it on the way.
 */
final class GivenCheck extends Check {
  GivenCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    for (Hold hold : history.holds) {
      if (!hold.heldWhenGiven && !isExcused(hold)) {
        violated(hold.grantedAt.world(), hold + " was returned, and is not held");
      }
    }
  }

  private boolean isExcused(Hold hold) {
    long at = hold.grantedAt.world();
    boolean isLimited =
        hold.request.maxHold().isPresent()
            || hold.request.stallLimit().isPresent()
            || hold.request.whileAlive().isPresent();
    return isLimited || interferedAt(hold) <= at || mayBeLostOnTheWay(scenario, hold.node, at);
  }

  /** Whether a clock, closing the client, or a pause may have taken what is given then. */
  static boolean mayBeLostOnTheWay(Scenario scenario, Node node, long at) {
    return mayClocksDiffer(scenario)
        || node.isClosing()
        || node.wasHindered(at - node.terms.lease().toNanos(), at);
  }

  /** Whether a clock may say of a lock that was just granted that its lease may be over. */
  private static boolean mayClocksDiffer(Scenario scenario) {
    return !scenario.clocksAreSound()
        || scenario.has(Hazard.WALL_STEPS)
        || scenario.has(Hazard.SUSPENDS)
        || scenario.has(Hazard.FREEZES);
  }
}
