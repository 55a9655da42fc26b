package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MutantsTest {

  /** Sources change; a mistake that cannot be made any more has to follow. */
  @Test
  void mistakes_all_canBeMadeInTheSourcesAsTheyAre() {
    List<String> problems =
        Mutants.all().stream().map(MutantClasses::problem).filter(Objects::nonNull).toList();

    assertThat(problems).isEmpty();
  }
}
