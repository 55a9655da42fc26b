package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** When a waiter looks at a lock that others hold for times it has seen. */
class HoldTimeEstimatorTest {
  private static final long MILLI = 1_000_000;

  private final HoldTimeEstimator times = new HoldTimeEstimator();

  private int looks(long held) {
    int looks = 0;
    for (long now = 0; now < held; now += Math.max(MILLI, times.nextLook(now, 1))) {
      looks++;
    }
    return looks;
  }

  @Test
  void firstHold_isLookedAtEverLessOften() {
    assertThat(times.nextLook(0, 1)).isEqualTo(25 * MILLI);
    assertThat(times.nextLook(25 * MILLI, 1)).isEqualTo(25 * MILLI);
    assertThat(times.nextLook(1_000 * MILLI, 1)).isEqualTo(1_000 * MILLI);
  }

  @Test
  void steadyHolds_areLookedAtWhenTheirEndIsNear() {
    for (int i = 0; i < 50; i++) {
      times.ended(1_000 * MILLI);
    }
    assertThat(times.nextLook(0, 1)).isGreaterThan(990 * MILLI);
    assertThat(looks(1_000 * MILLI)).isLessThan(10);
  }

  @Test
  void holdsOfAnyLength_areLookedAtOftenWhenTheyMayEnd_andNotBefore() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      times.ended((150 + random.nextInt(200)) * MILLI);
    }
    assertThat(times.nextLook(0, 1)).isBetween(150 * MILLI, 240 * MILLI);
    assertThat(times.nextLook(250 * MILLI, 1)).isBetween(25 * MILLI, 80 * MILLI);
    assertThat(times.distance(3)).isBetween(2 * times.distance(1), 4 * times.distance(1));
  }

  @Test
  void holdThatIsMuchLongerThanOthers_isLookedAtEverLessOften() {
    for (int i = 0; i < 50; i++) {
      times.ended(100 * MILLI);
    }
    assertThat(times.nextLook(10_000 * MILLI, 1)).isGreaterThan(5_000 * MILLI);
  }

  @Test
  void holdThatEndedUnseen_countsIfItWasShorterThanOthers() {
    times.endedWithin(600 * MILLI);
    assertThat(times.mean()).isEqualTo(600 * MILLI);
    times.endedWithin(10_000 * MILLI);
    assertThat(times.mean()).isEqualTo(600 * MILLI);
    for (int i = 0; i < 50; i++) {
      times.endedWithin(100 * MILLI);
    }
    assertThat(times.mean()).isBetween(100 * MILLI, 110 * MILLI);
  }
}
