package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MutantsTest {

  /** Sources change; a mistake that cannot be made any more has to follow. */
  @Test
  void mistakes_all_canBeMadeInTheSourcesAsTheyAre() {
    List<String> problems =
        Mutants.all().stream().map(MutantCompiler::problem).filter(Objects::nonNull).toList();

    assertThat(problems).isEmpty();
  }

  @Test
  void seeds_inTheTable_areThoseOfTheKnownMistakesInTheirOrder() throws Exception {
    MutantSeeds seeds = MutantSeeds.read();

    assertThat(Mutants.all())
        .as("mistakes without a seed; to search for them: " + MutantSearch.COMMAND)
        .allMatch(mutant -> seeds.of(mutant) != null || seeds.isLeftOut(mutant));
    assertThat(seeds.lines(Mutants.all())).isEqualTo(Files.readAllLines(MutantSeeds.FILE));
  }

  @Test
  void table_writtenAndRead_saysTheSame() {
    Mutant first = Mutant.of("a | b");
    Mutant second = Mutant.of(Story.Kind.FAIR, "a | b");
    MutantSeeds seeds = MutantSeeds.parse(List.of("LOCKS | 7 | lease | a | b"));
    seeds.put(second, new MutantSeeds.Found(9, "turn"));

    MutantSeeds read = MutantSeeds.parse(seeds.lines(List.of(first, second)));

    assertThat(read.of(first)).isEqualTo(new MutantSeeds.Found(7, "lease"));
    assertThat(read.of(second)).isEqualTo(new MutantSeeds.Found(9, "turn"));
    assertThat(read.of(Mutant.of("a"))).isNull();
  }
}
