package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.batonlock.simulation.Simulation.Outcome;
import io.github.batonlock.testing.Report;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Thousands of schedules, none of which may break a promise.
 *
 * <p>{@code mvn -B -ntp -Psimulation verify} runs a million of them, and nothing else. {@code
 * -Dbaton.simulation.schedules} says how many, {@code -Dbaton.simulation.first} from which seed on;
 * {@code -Dbaton.simulation.seed} runs a single one again and shows what happened.
 */
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SimulationIT {
  private static final long SCHEDULES = Long.getLong("baton.simulation.schedules", 20_000);
  private static final long FIRST = Long.getLong("baton.simulation.first", 1);
  private static final long REPLAYED = Long.getLong("baton.simulation.seed", 0);
  private static final int TAIL = 250;

  @Test
  void schedules_manyAndOfAllKinds_breakNoPromise() {
    if (REPLAYED != 0) {
      Outcome outcome = Simulation.trace(REPLAYED, Integer.MAX_VALUE);
      System.out.println(String.join("\n", outcome.trace()));
      check(outcome);
      return;
    }
    Campaign.Result result =
        new Campaign(FIRST, SCHEDULES, Runtime.getRuntime().availableProcessors()).run();
    if (result.failure() != null) {
      check(Simulation.trace(result.failure().seed(), TAIL));
      fail("seed " + result.failure().seed() + " failed, and not when it was run again");
    }
    report(result);
  }

  /** Silence is no proof where nothing happens: the worlds have to be dangerous ones. */
  @Test
  void schedules_manyAndOfAllKinds_areEventful() {
    Tally tally =
        new Campaign(FIRST, 300, Runtime.getRuntime().availableProcessors()).run().tally();
    assertThat(tally.counts()).allSatisfy((what, times) -> assertThat(times).as(what).isPositive());
  }

  /** What a seed makes is made again by the same seed, or no failure could be looked into. */
  @Test
  void seed_runTwice_makesTheSameWorld() {
    assertThat(LongStream.rangeClosed(1, 100).map(seed -> Simulation.trace(seed, 1).digest()))
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 100)
                .map(seed -> Simulation.trace(seed, 1).digest())
                .boxed()
                .toList());
  }

  private static void check(Outcome outcome) {
    if (!outcome.violations().isEmpty()) {
      fail(
          "Seed %d breaks a promise:%n  %s%n%nThe world: %s%n%nThe end of the trace:%n%s%n%n"
                  .formatted(
                      outcome.seed(),
                      outcome.violations().stream()
                          .map(Violation::toString)
                          .reduce((a, b) -> a + System.lineSeparator() + "  " + b)
                          .orElse(""),
                      outcome.scenario(),
                      String.join(System.lineSeparator(), outcome.trace()))
              + "To see all of it again:"
              + " mvn -B -ntp -Psimulation verify -Dbaton.simulation.seed="
              + outcome.seed());
    }
  }

  private static void report(Campaign.Result result) {
    Report report = new Report("simulation");
    report.line(
        String.format(
            Locale.ROOT,
            "%,d schedules from seed %d on, in %.0f s on %d processors: %.0f a second. No promise"
                + " was broken.",
            result.schedules(),
            FIRST,
            result.seconds(),
            Runtime.getRuntime().availableProcessors(),
            result.schedules() / result.seconds()));
    report.line("");
    report.line("| in these schedules | times |");
    report.line("|---|---:|");
    result
        .tally()
        .counts()
        .forEach((what, times) -> report.line(String.format("| %s | %,d |", what, times)));
    report.write();
  }
}
