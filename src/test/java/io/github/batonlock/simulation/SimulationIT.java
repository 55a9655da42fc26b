package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.batonlock.simulation.Simulation.Outcome;
import io.github.batonlock.simulation.Story.Kind;
import io.github.batonlock.testing.Report;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of schedules, none of which may break a promise.
 *
 * <p>{@code mvn -B -ntp -Psimulation verify} runs a million of them, and nothing else. {@code
 * -Dbaton.simulation.schedules} says how many, {@code -Dbaton.simulation.first} from which seed on;
 * {@code -Dbaton.simulation.seed} runs a single one again and shows what happened.
 */
@Tag("proof")
@ResourceLock("processors")
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SimulationIT {
  private static final long SCHEDULES = Long.getLong("baton.simulation.schedules", 3_000);
  private static final long FIRST = Long.getLong("baton.simulation.first", 1);
  private static final long REPLAYED = Long.getLong("baton.simulation.seed", 0);
  private static final String PICKED = System.getProperty("baton.simulation.kind", "");
  private static final int TAIL = 250;

  /** Recipes stand on locks: for each, one schedule for ten of theirs. */
  private static final int RECIPES_SHARE = 10;

  @ParameterizedTest
  @MethodSource("kinds")
  void schedules_manyAndOfAllKinds_breakNoPromise(Kind kind) {
    if (REPLAYED != 0) {
      Outcome outcome = Simulation.trace(kind, REPLAYED, Integer.MAX_VALUE);
      System.out.println(String.join("\n", outcome.trace()));
      check(kind, outcome);
      return;
    }
    Campaign.Result result = campaign(kind, schedules(kind)).run();
    if (result.failure() != null) {
      check(kind, Simulation.trace(kind, result.failure().seed(), TAIL));
      fail("seed " + result.failure().seed() + " failed, and not when it was run again");
    }
    report(kind, result);
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values())
        .filter(kind -> PICKED.isEmpty() || kind.name().equalsIgnoreCase(PICKED));
  }

  private static long schedules(Kind kind) {
    return kind == Kind.LOCKS ? SCHEDULES : Math.max(1, SCHEDULES / RECIPES_SHARE);
  }

  private static Campaign campaign(Kind kind, long schedules) {
    return new Campaign(kind, FIRST, schedules, Runtime.getRuntime().availableProcessors());
  }

  /** Silence is no proof where nothing happens: the worlds have to be dangerous ones. */
  @ParameterizedTest
  @MethodSource("kinds")
  void schedules_manyAndOfAllKinds_areEventful(Kind kind) {
    assertThat(campaign(kind, 300).run().tally().counts())
        .isNotEmpty()
        .allSatisfy((what, times) -> assertThat(times).as(what).isPositive());
  }

  /** What a seed makes is made again by the same seed, or no failure could be looked into. */
  @ParameterizedTest
  @MethodSource("kinds")
  void seed_runTwice_makesTheSameWorld(Kind kind) {
    assertThat(digests(kind)).isEqualTo(digests(kind));
  }

  private static List<Long> digests(Kind kind) {
    return LongStream.rangeClosed(1, 100)
        .mapToObj(seed -> Simulation.trace(kind, seed, 1).digest())
        .toList();
  }

  private static void check(Kind kind, Outcome outcome) {
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
              + outcome.seed()
              + " -Dbaton.simulation.kind="
              + kind);
    }
  }

  private static void report(Kind kind, Campaign.Result result) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    Report report = new Report(kind == Kind.LOCKS ? "simulation" : "simulation-" + name);
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
