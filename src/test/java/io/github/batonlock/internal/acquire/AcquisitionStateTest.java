package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AcquisitionStateTest {

  private static Set<AcquisitionState> reachableFrom(AcquisitionState start) {
    Set<AcquisitionState> reached = EnumSet.noneOf(AcquisitionState.class);
    Deque<AcquisitionState> next = new ArrayDeque<>(Set.of(start));
    while (!next.isEmpty()) {
      AcquisitionState from = next.remove();
      for (AcquisitionState to : AcquisitionState.values()) {
        if (from.leadsTo(to) && reached.add(to)) {
          next.add(to);
        }
      }
    }
    return reached;
  }

  @Test
  void states_allButTheFirst_areReached() {
    Set<AcquisitionState> others = EnumSet.complementOf(EnumSet.of(AcquisitionState.NEW));
    assertThat(reachableFrom(AcquisitionState.NEW)).isEqualTo(others);
  }

  @ParameterizedTest
  @EnumSource
  void state_unlessOver_canEnd(AcquisitionState state) {
    if (state != AcquisitionState.ENDED) {
      assertThat(reachableFrom(state)).contains(AcquisitionState.ENDED);
    }
  }

  @Test
  void end_ofAnAcquisition_isFinal() {
    assertThat(reachableFrom(AcquisitionState.ENDED)).isEmpty();
    assertThat(reachableFrom(AcquisitionState.GIVEN_UP)).containsExactly(AcquisitionState.ENDED);
  }

  /** Its answer may grant the lock, which has to be freed then. */
  @Test
  void acquisition_withAWriteUnderWay_neverJustEnds() {
    assertThat(AcquisitionState.WRITING.leadsTo(AcquisitionState.ENDED)).isFalse();
    assertThat(AcquisitionState.WRITING.leadsTo(AcquisitionState.GIVEN_UP)).isTrue();
  }
}
