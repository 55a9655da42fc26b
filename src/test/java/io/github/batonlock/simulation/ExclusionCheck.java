package io.github.batonlock.simulation;

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

  private void together(Hold first, Hold second) {
    long from = second.beliefs.get(0).at().world();
    first.beliefs.stream()
        .mapToLong(belief -> belief.at().world())
        .filter(at -> at >= from)
        .findFirst()
        .ifPresent(
            at -> {
              // Operators may take an item away, and even bring it back.
              if (from < interferedAt(first) && at < interferedAt(second)) {
                violated(at, first + " and " + second + " were believed at once");
              }
            });
  }
}
