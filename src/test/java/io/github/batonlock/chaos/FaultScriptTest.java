package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.chaos.Fault.Kind;
import io.github.batonlock.chaos.Fault.Lane;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaultScriptTest {
  private static final long MINUTE = 60_000;
  private static final Set<Kind> ALL = EnumSet.allOf(Kind.class);
  private static final List<Set<Lane>> WORKERS =
      List.of(
          EnumSet.of(Lane.NETWORK, Lane.PROCESS),
          EnumSet.of(Lane.NETWORK, Lane.PROCESS, Lane.CLOCK, Lane.LINK));

  @Test
  void script_ofOneSeed_isTheSameEachTime() {
    assertThat(FaultScript.make(7, MINUTE, WORKERS, ALL))
        .isEqualTo(FaultScript.make(7, MINUTE, WORKERS, ALL))
        .isNotEqualTo(FaultScript.make(8, MINUTE, WORKERS, ALL));
  }

  @Test
  void script_ofAWorkerWithoutALane_leavesTheOthersAsTheyAre() {
    List<Fault> all = FaultScript.make(7, MINUTE, WORKERS, ALL);
    List<Fault> some =
        FaultScript.make(7, MINUTE, List.of(WORKERS.get(0), EnumSet.of(Lane.NETWORK)), ALL);

    assertThat(all).containsAll(some);
    assertThat(some).noneMatch(fault -> fault.worker() == 1 && fault.kind().lane() != Lane.NETWORK);
  }

  @Test
  void script_longEnough_hasEveryKindThatIsPossible() {
    Set<Kind> possible = EnumSet.complementOf(EnumSet.of(Kind.DROP_SOME));

    assertThat(FaultScript.make(7, 10 * MINUTE, WORKERS, possible))
        .extracting(Fault::kind)
        .containsAll(possible)
        .doesNotContain(Kind.DROP_SOME);
  }

  @Test
  void script_ofTheShortestRun_killsAProcess() {
    for (long seed = 1; seed <= 200; seed++) {
      assertThat(FaultScript.make(seed, MINUTE / 5, WORKERS, ALL))
          .extracting(Fault::kind)
          .contains(Kind.KILL);
    }
  }

  @Test
  void faults_ofOneLane_areOverInTimeOneAfterTheOther() {
    List<Fault> script = FaultScript.make(7, 10 * MINUTE, WORKERS, ALL);
    Map<String, Long> lanes =
        script.stream()
            .collect(
                Collectors.groupingBy(
                    fault -> fault.worker() + " " + fault.kind().lane(),
                    TreeMap::new,
                    Collectors.summingLong(fault -> fault.calmMillis() + fault.millis())));

    assertThat(lanes).hasSize(7);
    assertThat(lanes.values())
        .allSatisfy(total -> assertThat(total).isBetween(9 * MINUTE, 10 * MINUTE));
    assertThat(Arrays.stream(Lane.values()))
        .allMatch(lane -> script.stream().anyMatch(fault -> fault.kind().lane() == lane));
  }
}
