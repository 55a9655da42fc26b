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
    for (long now = 0; now < held; now += Math.max(MILLI, times.nextLook(now))) {
      looks++;
    }
    return looks;
  }

  @Test
  void firstHold_isLookedAtEverLessOften() {
    assertThat(times.nextLook(0)).isZero();
    assertThat(times.nextLook(25 * MILLI)).isEqualTo(25 * MILLI);
    assertThat(times.nextLook(1_000 * MILLI)).isEqualTo(1_000 * MILLI);
  }

  @Test
  void steadyHolds_areLookedAtWhenTheirEndIsNear() {
    for (int i = 0; i < 50; i++) {
      times.ended(1_000 * MILLI);
    }
    assertThat(times.nextLook(0)).isGreaterThan(990 * MILLI);
    assertThat(looks(1_000 * MILLI)).isLessThan(10);
  }

  @Test
  void holdsOfAnyLength_areLookedAtOftenWhenTheyMayEnd_andNotBefore() {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      times.ended((150 + random.nextInt(200)) * MILLI);
    }
    assertThat(times.nextLook(0)).isBetween(90 * MILLI, 190 * MILLI);
    assertThat(times.nextLook(250 * MILLI)).isBetween(5 * MILLI, 25 * MILLI);
  }

  @Test
  void holdThatIsMuchLongerThanOthers_isLookedAtEverLessOften() {
    for (int i = 0; i < 50; i++) {
      times.ended(100 * MILLI);
    }
    assertThat(times.nextLook(10_000 * MILLI)).isGreaterThan(5_000 * MILLI);
  }
}
