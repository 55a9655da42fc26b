package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.batonlock.simulation.ChunkRun.Failed;
import io.github.batonlock.simulation.Simulation.Outcome;
import io.github.batonlock.simulation.Story.Kind;
import io.github.batonlock.support.Report;
import io.github.batonlock.support.TimeLimit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of schedules, none of which may break a promise.
 *
 * <p>{@code mvn -B -ntp -Psimulation verify} runs a million of them, and nothing else. {@code
 * -Dbaton.simulation.schedules} says how many, {@code -Dbaton.simulation.seconds} or {@code
 * .minutes} for how long instead, {@code -Dbaton.simulation.first} from which seed on, {@code
 * -Dbaton.simulation.kind} of which stories alone. {@code -Dbaton.simulation.jvms} says in how many
 * JVMs, one for each processor if it is not set; with 0, this one runs them. {@code
 * -Dbaton.simulation.seed} runs a single one again and shows what happened.
 */
@Tag("proof")
@ResourceLock("processors")
@Timeout(value = 1, unit = TimeUnit.DAYS)
class SimulationIT {
  /** Of locks, if neither a number nor a time is set. */
  private static final long USUAL_SCHEDULES = 320;

  /** Recipes stand on locks: for each, one schedule for eight of theirs. */
  private static final int RECIPES_SHARE = 8;

  /** In this number of schedules, everything that can happen does. */
  private static final long EVENTFUL = 200;

  private static final int TAIL = 250;

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int JVMS = Integer.getInteger("baton.simulation.jvms", PROCESSORS);
  private static final long FIRST = Long.getLong("baton.simulation.first", 1);
  private static final long REPLAYED = Long.getLong("baton.simulation.seed", 0);
  private static final String PICKED = System.getProperty("baton.simulation.kind", "");
  private static final Duration UNLIMITED = Duration.ofDays(1);
  private static final Duration LIMIT = TimeLimit.of("baton.simulation", UNLIMITED);
  private static final long SCHEDULES =
      Long.getLong("baton.simulation.schedules", isLimited() ? Integer.MAX_VALUE : USUAL_SCHEDULES);

  private static Crew crew;

  @BeforeAll
  static void start() {
    long all = kinds().mapToLong(SimulationIT::schedules).sum();
    crew = JVMS == 0 || REPLAYED != 0 ? new ThreadCrew(PROCESSORS) : new JvmCrew(JVMS, all / JVMS);
  }

  @AfterAll
  static void end() {
    crew.close();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void schedules_manyAndOfAllKinds_breakNoPromise(Kind kind) {
    if (REPLAYED != 0) {
      Outcome outcome = Simulation.trace(kind, REPLAYED, Integer.MAX_VALUE);
      System.out.println(String.join("\n", outcome.trace()));
      check(kind, outcome);
      return;
    }
    Campaign.Result result = crew.run(new Campaign(kind, FIRST, schedules(kind), limit(kind)));
    Failed failed = result.failure();
    if (failed != null) {
      if (!failed.isStuck()) {
        check(kind, Simulation.trace(kind, failed.seed(), TAIL));
      }
      fail("Seed %d of %s failed: %s".formatted(failed.seed(), kind, failed.what()));
    }
    // Silence is no proof where nothing happens: the worlds have to be dangerous ones.
    if (result.schedules() >= EVENTFUL) {
      assertThat(result.tally().counts())
          .isNotEmpty()
          .allSatisfy((what, times) -> assertThat(times).as(what).isPositive());
    }
    report(kind, result);
  }

  static Stream<Kind> kinds() {
    return Stream.of(Kind.values())
        .filter(kind -> PICKED.isEmpty() || kind.name().equalsIgnoreCase(PICKED));
  }

  private static boolean isLimited() {
    return !LIMIT.equals(UNLIMITED);
  }

  private static long schedules(Kind kind) {
    return kind == Kind.LOCKS ? SCHEDULES : Math.max(1, SCHEDULES / RECIPES_SHARE);
  }

  private static Duration limit(Kind kind) {
    return LIMIT.multipliedBy(share(kind)).dividedBy(shares());
  }

  /** Half of the time is for locks, the other half for all recipes. */
  private static int share(Kind kind) {
    return kind == Kind.LOCKS ? Kind.values().length - 1 : 1;
  }

  private static int shares() {
    return kinds().mapToInt(SimulationIT::share).sum();
  }

  /** What a seed makes is made again by the same seed, or no failure could be looked into. */
  @ParameterizedTest
  @MethodSource("kinds")
  void seed_runTwice_makesTheSameWorld(Kind kind) {
    assertThat(digests(kind)).isEqualTo(digests(kind));
  }

  private static List<Long> digests(Kind kind) {
    return LongStream.rangeClosed(1, 4)
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
            "%,d schedules from seed %d on, every other one short, in %.0f s: %.0f a second, by %s."
                + " No promise was broken.",
            result.schedules(),
            FIRST,
            result.seconds(),
            result.schedules() / result.seconds(),
            workers(result)));
    report.line("");
    report.line("| in these schedules | times |");
    report.line("|---|---:|");
    result
        .tally()
        .counts()
        .forEach((what, times) -> report.line(String.format("| %s | %,d |", what, times)));
    report.write();
  }

  private static String workers(Campaign.Result result) {
    return result.byWorker().size()
        + (JVMS == 0 ? " threads" : " JVMs")
        + " with "
        + result.byWorker().stream()
            .map(schedules -> String.format(Locale.ROOT, "%.0f", schedules / result.seconds()))
            .collect(Collectors.joining(" and "))
        + " each";
  }
}
