package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;

/**
 * Who holds a lock whose renewals fail for long is told of the jeopardy, in time and not before,
 * and then that all is well again, in turns (protocol section 7). A lock of which the clocks are
 * not sure is asked about at once.
 */
final class WorryCheck extends Check {
  private static final long MOMENT = Duration.ofMillis(50).toNanos();

  WorryCheck(Scenario scenario, History history) {
    super(scenario, history);
  }

  @Override
  void run() {
    if (!scenario.clocksAreSound()) {
      return;
    }
    for (Hold hold : history.holds) {
      if (!scenario.has(Hazard.EXECUTORS)) {
        // Where tasks are refused, one callback may overtake another.
        inTurns(hold);
        hold.worries.stream().filter(Hold.Worry::begins).forEach(worry -> early(hold, worry));
      }
      for (Hold.Belief belief : hold.beliefs) {
        missed(hold, belief);
      }
      suspicions(hold);
    }
  }

  private void inTurns(Hold hold) {
    boolean worried = false;
    for (Hold.Worry worry : hold.worries) {
      if (worried == worry.begins()) {
        violated(
            worry.at().world(),
            hold + (worry.begins() ? " was in jeopardy twice" : " was safe twice") + " in a row");
      }
      worried = worry.begins();
    }
  }

  private static long jeopardyAfter(Hold hold) {
    return hold.node.terms.jeopardyAfter().toNanos();
  }

  private void early(Hold hold, Hold.Worry worry) {
    long unrenewed = worry.at().monotonic() - worry.answeredAt().monotonic();
    if (unrenewed < jeopardyAfter(hold)) {
      violated(
          worry.at().world(),
          hold + " was in jeopardy after " + Duration.ofNanos(unrenewed).toMillis() + " ms");
    }
  }

  /** Whether the user knew, as of some moment, that renewals were failing. */
  private static boolean isWorried(Hold hold, long at) {
    boolean worried = false;
    for (Hold.Worry worry : hold.worries) {
      if (worry.at().world() > at) {
        break;
      }
      worried = worry.begins();
    }
    return worried;
  }

  private void missed(Hold hold, Hold.Belief belief) {
    Reading at = belief.at();
    long late = at.monotonic() - belief.renewedAt().monotonic() - jeopardyAfter(hold);
    boolean worried = isWorried(hold, at.world());
    if (late > MOMENT && !worried && !hold.node.wasHindered(at.world() - 2 * late, at.world())) {
      violated(
          at.world(),
          hold + " is " + Duration.ofNanos(late).toMillis() + " ms late to be in jeopardy");
    }
    long good = jeopardyAfter(hold) - (at.monotonic() - belief.answeredAt().monotonic());
    boolean wasAwake = !hold.node.wasHindered(belief.answeredAt().world(), at.world());
    if (worried && good > 0 && wasAwake && clocksAgree()) {
      violated(at.world(), hold + " was renewed, and is in jeopardy still");
    }
  }

  /** Where they do not, one renewal more may be needed before a lease is good again. */
  private boolean clocksAgree() {
    return scenario.clocksAreSound()
        && !scenario.has(Hazard.WALL_STEPS)
        && !scenario.has(Hazard.SUSPENDS)
        && !scenario.has(Hazard.FREEZES);
  }

  private void suspicions(Hold hold) {
    for (Hold.Suspicion suspicion : hold.suspicions) {
      Reading ended = suspicion.ended();
      if (ended != null) {
        Node node = hold.node;
        double rate = rate(scenario, node);
        long good = Health.longestGood(node, suspicion.began().world(), ended.world());
        boolean isNew = node.wallChangedWithin(suspicion.began().world(), ended.world());
        if (good * rate > recovery(scenario, node) + MOMENT && !isNew) {
          violated(
              ended.world(),
              hold
                  + " was neither held nor lost for "
                  + Duration.ofNanos(good).toMillis()
                  + " ms, its process being connected");
        }
      }
    }
  }
}
