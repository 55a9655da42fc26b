package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.simulation.MutantHunts.Hunt;
import io.github.batonlock.simulation.MutantSeeds.Found;
import io.github.batonlock.support.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The simulation finds every known mistake: a checker that finds nothing would find nothing here.
 *
 * <p>Each schedule of {@link MutantSeeds} is run again. Where the code has changed, a seed may make
 * another world, in which the mistake does not show: then {@link MutantSearch} has to find a new
 * one.
 *
 * <p>One mistake in thirteen is looked for, so that a build stays short; {@code .ci/run} looks for
 * all of them, by {@code -Dbaton.mutants.oneIn=1}.
 */
@Tag("proof")
@Timeout(value = 1, unit = TimeUnit.HOURS)
@ResourceLock("processors")
class MutantsIT {
  /** The build looks for every n-th mistake; 1 means all of them. */
  private static final int ONE_IN = Integer.getInteger("baton.mutants.oneIn", 13);

  @Test
  void mistakes_fromTheirRecordedSeedsOn_showAtOnce() {
    MutantSeeds seeds = MutantSeeds.read();
    List<String> problems = new ArrayList<>();
    List<Hunt> hunts = new ArrayList<>();
    List<Mutant> all = Mutants.all();
    for (int i = 0; i < all.size(); i++) {
      Mutant mutant = all.get(i);
      Found found = seeds.of(mutant);
      if (i % ONE_IN != 0 || seeds.isLeftOut(mutant)) {
        continue;
      }
      if (found == null) {
        problems.add(mutant.kind() + ", '" + mutant + "': was never found");
      } else {
        hunts.add(Hunt.again(mutant, found));
      }
    }
    long began = System.nanoTime();
    new MutantHunts(hunts, began + TimeUnit.HOURS.toNanos(1)).run();

    hunts.stream().filter(hunt -> hunt.caught() == null).map(Hunt::problem).forEach(problems::add);
    assertThat(problems)
        .as(
            "mistakes that the simulation does not find where it found them; to search anew for"
                + " them: %s",
            MutantSearch.COMMAND)
        .isEmpty();
    Report report = new Report("mutants-again");
    report.line(
        String.format(
            Locale.ROOT,
            "%d known mistakes found from their recorded seeds on, in %.0f s.",
            hunts.size(),
            (System.nanoTime() - began) / 1e9));
    report.write();
  }
}
