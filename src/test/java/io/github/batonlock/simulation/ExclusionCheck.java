package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;

/** At no moment do two users believe that they hold the same lock. */
final class ExclusionCheck extends Check {
  ExclusionCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    if (!scenario.clocksAreSound()) {
      return;
    }
    // Nor beside a client of another make, unless an operator gave away what it held.
    if (!scenario.has(Hazard.OPERATORS)) {
      for (ForeignClient.Belief foreign : history.foreign) {
        history.holds.stream()
            .filter(hold -> hold.key.equals(foreign.key()))
            .forEach(hold -> beside(hold, foreign));
      }
    }
    for (Hold first : history.holds) {
      if (first.beliefs.isEmpty()) {
        continue;
      }
      for (Hold second : history.holds) {
        boolean later = second.grantedAt.world() >= first.grantedAt.world() && second != first;
        if (later && second.key.equals(first.key) && !second.beliefs.isEmpty()) {
          together(first, second);
        }
      }
    }
  }

  private void beside(Hold hold, ForeignClient.Belief other) {
    long interfered = interferedAt(hold);
    hold.beliefs.stream()
        .mapToLong(belief -> belief.at().world())
        .filter(at -> at >= other.from() && at <= other.to() && at < interfered)
        .findFirst()
        .ifPresent(at -> violated(at, hold + " was believed while a foreign client held the lock"));
  }

  private void together(Hold first, Hold second) {
    long from = second.beliefs.get(0).at().world();
    first.beliefs.stream()
        .mapToLong(belief -> belief.at().world())
        .filter(at -> at >= from)
        .findFirst()
        .ifPresent(
            at -> {
              // Operators may take an item away, and even bring it back.
              if (at < interferedAt(first) && at < interferedAt(second)) {
                violated(at, first + " and " + second + " were believed at once");
              }
            });
  }
}
