package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.simulation.MutantHunts.Catch;
import io.github.batonlock.simulation.MutantHunts.Hunt;
import io.github.batonlock.simulation.MutantSeeds.Found;
import io.github.batonlock.support.Report;
import io.github.batonlock.support.TimeLimit;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The whole search for known mistakes, from the first seed on. It writes {@link MutantSeeds} anew,
 * and {@code target/reports/mutants.md}.
 *
 * <p>Runs in the Maven profile {@code mutants} only, hence its name. {@code
 * -Dbaton.mutants.only=TEXT} searches for those whose stories and mistake, with a blank between
 * them, contain the text; {@code -Dbaton.mutants.stale=true} for those that their recorded seeds
 * show no longer; {@code -Dbaton.mutants.minutes=N} ends the search in time: mistakes that were not
 * found by then keep their seeds.
 */
@Tag("proof")
@Timeout(value = 1, unit = TimeUnit.DAYS)
class MutantSearch {
  /** What repairs the table. */
  static final String COMMAND = "mvn -B -ntp -Pmutants verify -Dbaton.mutants.stale=true";

  /** Each has to be found within so many schedules. */
  private static final int SCHEDULES = 20_000;

  private static final String ONLY = System.getProperty("baton.mutants.only", "");
  private static final boolean STALE = Boolean.getBoolean("baton.mutants.stale");
  private static final Duration LIMIT = TimeLimit.of("baton.mutants", Duration.ofHours(12));

  private final MutantSeeds seeds = MutantSeeds.read();
  private final long deadline = System.nanoTime() + LIMIT.toNanos();

  @Test
  void mistakes_searchedFromTheFirstSeedOn_areEachFound() {
    List<Hunt> hunts =
        wanted().stream()
            .sorted(Comparator.comparingLong(this::expected).reversed())
            .map(mutant -> new Hunt(mutant, 1, SCHEDULES, checker -> true))
            .toList();

    long began = System.nanoTime();
    new MutantHunts(hunts, deadline).run();

    hunts.forEach(this::note);
    seeds.write(Mutants.all());
    report(hunts, (System.nanoTime() - began) / 1e9);
    assertThat(hunts.stream().filter(Hunt::isMissed).map(Hunt::problem))
        .as("mistakes that the simulation does not find")
        .isEmpty();
  }

  private List<Mutant> wanted() {
    List<Mutant> picked =
        Mutants.all().stream()
            .filter(mutant -> (mutant.kind() + " " + mutant.mistake()).contains(ONLY))
            .toList();
    return STALE ? stale(picked) : picked;
  }

  private List<Mutant> stale(List<Mutant> mutants) {
    List<Hunt> again =
        mutants.stream()
            .filter(mutant -> seeds.of(mutant) != null)
            .map(mutant -> Hunt.again(mutant, seeds.of(mutant)))
            .toList();
    new MutantHunts(again, deadline).run();
    Set<Mutant> fresh =
        again.stream()
            .filter(hunt -> hunt.caught() != null)
            .map(hunt -> hunt.mutant)
            .collect(Collectors.toSet());
    return mutants.stream().filter(mutant -> !fresh.contains(mutant)).toList();
  }

  /** By what it took the last time; unknown ones first. */
  private long expected(Mutant mutant) {
    Found found = seeds.of(mutant);
    return found == null ? Long.MAX_VALUE : found.seed();
  }

  private void note(Hunt hunt) {
    Catch caught = hunt.caught();
    if (caught != null) {
      seeds.put(hunt.mutant, new Found(caught.seed(), caught.checker()));
    }
  }

  private static void report(List<Hunt> hunts, double seconds) {
    long found = hunts.stream().filter(hunt -> hunt.caught() != null).count();
    Report report = new Report("mutants");
    report.line(
        String.format(
            Locale.ROOT,
            "%d of %d known mistakes found from the first seed on, in %.0f s on %d processors.",
            found,
            hunts.size(),
            seconds,
            Runtime.getRuntime().availableProcessors()));
    report.line("");
    report.line("| mistake | found by | schedules needed |");
    report.line("|---|---|---:|");
    Mutants.all().stream()
        .flatMap(mutant -> hunts.stream().filter(hunt -> hunt.mutant.equals(mutant)))
        .forEach(hunt -> report.line(row(hunt)));
    report.write();
  }

  private static String row(Hunt hunt) {
    Catch caught = hunt.caught();
    if (caught != null) {
      return "| %s | %s | %d |".formatted(hunt.mutant, caught.checker(), caught.seed());
    }
    return hunt.isComplete()
        ? "| %s | not found | |".formatted(hunt.mutant)
        : "| %s | not within the time | more than %d |".formatted(hunt.mutant, hunt.schedules());
  }
}
