package io.github.batonlock.simulation;

import java.util.ArrayList;
import java.util.List;

/** All promises, checked. */
final class Checks {
  private final Scenario scenario;
  private final History history;
  private final long cutAt;
  private final long calmFrom;
  private final long stopped;

  /**
   * For the history of one world.
   *
   * @param calmFrom since when nothing went wrong any more; the end of time if that never came
   * @param stopped since when users wanted nothing any more; the end of time if it came to no end
   */
  Checks(SimulatedWorld world, long calmFrom, long stopped) {
    this.scenario = world.scenario;
    this.history = world.history;
    this.cutAt = world.cutAt;
    this.calmFrom = calmFrom;
    this.stopped = stopped;
  }

  List<Violation> run() {
    List<Violation> found = new ArrayList<>(history.violations);
    boolean isComplete = stopped != Long.MAX_VALUE;
    boolean isCut = cutAt != Long.MAX_VALUE;
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
    checks.add(new WorryCheck(scenario, history));
    checks.add(new GivenCheck(scenario, history));
    checks.add(new EventCheck(scenario, history, stopped));
    if (isComplete || isCut) {
      checks.add(new ReleaseCheck(scenario, history, calmFrom));
      checks.add(new LivenessCheck(scenario, history, calmFrom, Math.min(stopped, cutAt)));
      checks.add(new EndCheck(scenario, history, isComplete));
      checks.add(new CallCheck(scenario, history, calmFrom, Math.min(stopped, cutAt), isComplete));
    }
    checks.forEach(check -> found.addAll(check.find()));
    return found;
  }
}
