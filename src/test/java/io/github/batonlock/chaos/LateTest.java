package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateTest {
  @Test
  void holder_toldBeforeTheNextAcquisition_isNotLate() {
    assertThat(
            of(
                "10 11 w1.1 ACQUIRED a 7 1",
                "20 20 w1.1 TOLD a 7 LEASE_EXPIRED",
                "30 31 w2.1 ACQUIRED a 8 1"))
        .isEmpty();
  }

  @Test
  void holder_toldAfterTheNextAcquisition_isLateByTheTimeBetween() {
    assertThat(
            of(
                "5 9 w1 FAULT - 0 STOP",
                "10 11 w1.1 ACQUIRED a 7 1",
                "12 13 w1.1 HELD a 7 -",
                "15 25 w2 FAULT - 0 STOP",
                "30 31 w2.1 ACQUIRED a 8 1",
                "40 40 w1.1 TOLD a 7 LEASE_EXPIRED"))
        .containsExactly(new Late(9, false));
  }

  @Test
  void holder_stoppedSinceItLastBelieved_hasAnExcuse() {
    List<Late> late =
        of(
            "10 11 w1.1 ACQUIRED a 7 1",
            "12 13 w1.1 HELD a 7 -",
            "15 39 w1 FAULT - 0 STOP",
            "30 31 w2.1 ACQUIRED a 8 1",
            "40 40 w1.1 TOLD a 7 LEASE_EXPIRED");

    assertThat(late).containsExactly(new Late(9, true));
    assertThat(Late.longestUnstopped(late)).isZero();
  }

  private static List<Late> of(String... lines) {
    return Late.of(Arrays.stream(lines).map(Event::parse).toList());
  }
}
