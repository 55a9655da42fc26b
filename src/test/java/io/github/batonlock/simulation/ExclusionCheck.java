package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;
import java.util.List;

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
        history.holdsOf(foreign.key()).forEach(hold -> beside(hold, foreign));
      }
    }
    history.keys().forEach(key -> exclusive(history.holdsOf(key)));
  }

  /** Of one lock, in the order of their beginning. */
  private void exclusive(List<Hold> holds) {
    for (int i = 0; i < holds.size(); i++) {
      Hold first = holds.get(i);
      long last = first.lastBelievedAt();
      for (int j = i + 1; j < holds.size() && holds.get(j).grantedAt.world() <= last; j++) {
        if (!holds.get(j).beliefs.isEmpty()) {
          together(first, holds.get(j));
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
