package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.batonlock.testing.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * The simulation finds every known mistake: a checker that finds nothing would find nothing here.
 *
 * <p>{@code -Dbaton.simulation.mutants} picks those whose kind of stories and description, with a
 * blank between them, contain a text.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class MutantsIT {
  /** Each has to be found within so many schedules. */
  private static final int SCHEDULES = 20_000;

  private static final String PICKED = System.getProperty("baton.simulation.mutants", "");

  @Test
  void simulation_ofEachKnownMistake_findsIt() {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.batonlock");
    Level before = logger.getLevel();
    logger.setLevel(Level.OFF);
    Map<Mutant, List<String>> found = new LinkedHashMap<>();
    List<Mutant> mutants =
        Mutants.all().stream()
            .filter(mutant -> (mutant.kind() + " " + mutant.mistake()).contains(PICKED))
            .toList();
    try {
      List<List<String>> results =
          mutants.parallelStream()
              .map(mutant -> MutantClasses.of(mutant).hunt(mutant.kind(), 1, SCHEDULES))
              .toList();
      for (int i = 0; i < mutants.size(); i++) {
        found.put(mutants.get(i), results.get(i));
      }
    } finally {
      logger.setLevel(before);
    }
    report(found);
    List<Mutant> missed = new ArrayList<>(found.keySet());
    missed.removeIf(mutant -> !found.get(mutant).isEmpty());
    assertThat(missed).as("mistakes that the simulation does not find").isEmpty();
  }

  private static void report(Map<Mutant, List<String>> found) {
    Report report = new Report("mutants");
    report.line("| mistake | found by | schedules needed |");
    report.line("|---|---|---:|");
    found.forEach(
        (mutant, how) ->
            report.line(
                how.isEmpty()
                    ? "| %s | not found | |".formatted(mutant.mistake())
                    : "| %s | %s | %s |".formatted(mutant.mistake(), how.get(0), how.get(1))));
    report.write();
    found.forEach(
        (mutant, how) -> System.out.println(mutant + ": " + (how.isEmpty() ? "" : how.get(2))));
  }
}
