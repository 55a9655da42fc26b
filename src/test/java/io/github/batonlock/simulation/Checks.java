package io.github.batonlock.simulation;

import java.util.ArrayList;
import java.util.List;

/** All promises, checked. */
final class Checks {
  private final Scenario scenario;
  private final History history;
  private final long calmFrom;
  private final long stopped;

  /**
   * For one history.
   *
   * @param calmFrom since when nothing went wrong any more
   * @param stopped since when users wanted nothing any more; the end of time if it came to no end
   */
  Checks(Scenario scenario, History history, long calmFrom, long stopped) {
    this.scenario = scenario;
    this.history = history;
    this.calmFrom = calmFrom;
    this.stopped = stopped;
  }

  List<Violation> run() {
    List<Violation> found = new ArrayList<>(history.violations);
    boolean complete = stopped != Long.MAX_VALUE;
    List<Check> checks = new ArrayList<>();
    checks.add(new TableCheck(scenario, history));
    checks.add(new TokensCheck(scenario, history));
    checks.add(new LeaseCheck(scenario, history));
    checks.add(new ExclusionCheck(scenario, history));
    checks.add(new TakeoverCheck(scenario, history));
    checks.add(new RevocationCheck(scenario, history));
    checks.add(new ConnectedCheck(scenario, history));
    checks.add(new LimitCheck(scenario, history));
    checks.add(new SessionCheck(scenario, history));
    checks.add(new LineCheck(scenario, history));
    checks.add(new WantedCheck(scenario, history));
    if (complete) {
      checks.add(new ReleaseCheck(scenario, history, calmFrom));
      checks.add(new LivenessCheck(scenario, history, calmFrom, stopped));
      checks.add(new EndCheck(scenario, history));
    }
    checks.forEach(check -> found.addAll(check.find()));
    return found;
  }
}
