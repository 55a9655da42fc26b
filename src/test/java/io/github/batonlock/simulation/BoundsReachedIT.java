package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.simulation.Scenario.Hazard;
import io.github.batonlock.simulation.Story.Kind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each bound that a simulated client has is passed in worlds where it is small. */
class BoundsReachedIT {
  /** Of what is not simulated: threads, and requests as DynamoDB takes them. */
  private static final Set<Bound> NOT_IN_WORLDS =
      EnumSet.of(
          Bound.REQUEST_THREADS,
          Bound.CALLBACK_THREADS,
          Bound.EXPRESSION_CHARACTERS,
          Bound.REQUEST_OVERRIDES);

  /** Whose worlds pass a bound; those of users of plain locks pass the others. */
  private static final Map<Kind, Set<Bound>> PASSED_BY =
      Map.of(
          Kind.ASKING, EnumSet.of(Bound.RELEASE_REQUESTS_SENT, Bound.SESSION_RELEASE_REQUESTS),
          Kind.ELECTION,
              EnumSet.of(
                  Bound.CAMPAIGN_DOUBLINGS, Bound.LEARNING_LOOKS, Bound.WATCHED_PAST_VERSIONS),
          Kind.FAIR, EnumSet.of(Bound.LATE_WRITE_LOCKS, Bound.RENEWALS_IN_A_ROW),
          Kind.GROUP, EnumSet.of(Bound.FAILURES_LISTED, Bound.GROUP_LIST_BYTES));

  private static final int SCHEDULES = 300;

  private final QuietLibrary quiet = new QuietLibrary();

  @AfterEach
  void beLoud() {
    quiet.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCKS", "ASKING", "ELECTION", "FAIR", "GROUP"})
  void bounds_inWorldsWhereTheyAreSmall_areAllPassed(Kind kind) {
    Set<Bound> left = boundsOf(kind);
    for (long seed = 1; seed <= SCHEDULES && !left.isEmpty(); seed++) {
      if (SimulatedWorld.scenarioOf(kind, seed).has(Hazard.SMALL_BOUNDS)) {
        Map<String, Long> counts = Simulation.run(kind, seed).tally().counts();
        left.removeIf(bound -> counts.containsKey("bound reached: " + bound));
      }
    }

    assertThat(left).as("bounds that no schedule has passed").isEmpty();
  }

  private static Set<Bound> boundsOf(Kind kind) {
    Set<Bound> others = EnumSet.copyOf(NOT_IN_WORLDS);
    PASSED_BY.values().forEach(others::addAll);
    return PASSED_BY.containsKey(kind)
        ? EnumSet.copyOf(PASSED_BY.get(kind))
        : Arrays.stream(Bound.values())
            .filter(bound -> bound.isOfClient() && !others.contains(bound))
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Bound.class)));
  }
}
