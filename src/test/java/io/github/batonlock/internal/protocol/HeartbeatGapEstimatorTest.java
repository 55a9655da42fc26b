package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatGapEstimatorTest {
  private static final Duration LEASE = Duration.ofSeconds(20);

  private final HeartbeatGapEstimator gaps = new HeartbeatGapEstimator();
  private double now;
  private int versions;

  /** A new version is seen, so long after the last one. */
  private void beatAfter(double seconds) {
    now += seconds;
    gaps.saw("v" + ++versions, LEASE, nanos(now));
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }

  private void assertSuspectAfter(double seconds) {
    assertThat(gaps.suspectAfter(LEASE)).isEqualTo(nanos(seconds));
  }

  @Test
  void suspicion_beforeAWholeIntervalWasSeen_comesAfterHalfALease() {
    assertSuspectAfter(10);
    beatAfter(0);
    assertSuspectAfter(10);
    beatAfter(0.3);
    assertSuspectAfter(10);
  }

  @Test
  void suspicion_ofAHolderLikeMost_comesHalfAnIntervalLate() {
    beatAfter(0);
    beatAfter(2);
    beatAfter(5);
    assertSuspectAfter(7.7);
    beatAfter(5);
    assertSuspectAfter(7.7);
  }

  @Test
  void version_thatIsSeenAgain_isNoBeat() {
    beatAfter(0);
    beatAfter(2);
    beatAfter(5);
    gaps.saw("v3", LEASE, nanos(100));
    beatAfter(5);
    assertSuspectAfter(7.7);
  }

  @Test
  void update_soonAfterABeat_changesLittle() {
    beatAfter(0);
    beatAfter(2);
    beatAfter(5);
    beatAfter(0.2);
    assertSuspectAfter(1.5 * (5 - 4.8 / 16) + 0.2);
    beatAfter(5);
    assertSuspectAfter(7.7);
  }

  @Test
  void suspicion_ofAHolderThatBeatsOften_comesEarlyAfterAWhile() {
    for (int i = 0; i < 100; i++) {
      beatAfter(1);
    }
    assertThat(gaps.suspectAfter(LEASE)).isBetween(nanos(1.7), nanos(1.8));
  }

  @Test
  void suspicion_afterALongSilence_comesAfterHalfALeaseAtLast_andEarlierAgain() {
    beatAfter(0);
    beatAfter(2);
    beatAfter(60);
    assertSuspectAfter(10);
    for (int i = 0; i < 80; i++) {
      beatAfter(5);
    }
    assertThat(gaps.suspectAfter(LEASE)).isBetween(nanos(7.7), nanos(7.8));
  }
}
