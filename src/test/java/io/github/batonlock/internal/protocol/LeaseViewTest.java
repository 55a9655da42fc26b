package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.runtime.ClockReading;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A lease that is usable for 16 s, as both clocks of the holder see it. */
class LeaseViewTest {
  private static final long SECOND = 1_000_000_000;
  private static final long USABLE = 16 * SECOND;

  /** The monotonic clock has any origin, and may pass its largest value. */
  private static final long[] ORIGINS = {0, -5 * SECOND, Long.MAX_VALUE - 10 * SECOND};

  @ParameterizedTest
  @CsvSource({
    // monotonic ns, wall ms since the send; what holds; what remains
    "0,           0,     GOOD,    16000000000",
    "1,           0,     GOOD,    15999999999",
    "5000000000,  5000,  GOOD,    11000000000",
    "15999999999, 15999, GOOD,    1",
    "15999999999, 0,     GOOD,    1",
    "5000000000,  15999, GOOD,    1000000",
    "5000000000,  16000, SUSPECT, 0",
    "5000000000,  60000, SUSPECT, 0",
    "0,           16000, SUSPECT, 0",
    "15999999999, 16000, SUSPECT, 0",
    "16000000000, 16000, OVER,    0",
    "16000000000, 0,     OVER,    0",
    "99000000000, -9000, OVER,    0",
    "5000000000,  -3600000, GOOD, 11000000000",
  })
  void lease_byBothClocks_isGoodSuspectOrOver(
      long nanos, long wallMillis, LeaseStatus status, long remaining) {
    for (long origin : ORIGINS) {
      ClockReading sent = new ClockReading(origin, 1_767_225_600_000L);
      ClockReading now = new ClockReading(origin + nanos, sent.epochMillis() + wallMillis);
      LeaseView view = new LeaseView(sent, USABLE, null);

      assertThat(view.status(now)).isEqualTo(status);
      assertThat(view.remainingNanos(now)).isEqualTo(remaining);
    }
  }

  @Test
  void lease_afterTheClocksWereFoundUnreliable_isSuspectUntilOver() {
    ClockReading sent = new ClockReading(0, 0);
    LeaseView view = new LeaseView(sent, USABLE, new ClockReading(SECOND, 1_000));

    assertThat(view.status(new ClockReading(SECOND, 1_000))).isEqualTo(LeaseStatus.SUSPECT);
    assertThat(view.remainingNanos(new ClockReading(SECOND, 1_000))).isZero();
    assertThat(view.status(new ClockReading(USABLE - 1, 0))).isEqualTo(LeaseStatus.SUSPECT);
    assertThat(view.status(new ClockReading(USABLE, 0))).isEqualTo(LeaseStatus.OVER);
  }

  @Test
  void remaining_isNeverMoreThanEitherClockAllows() {
    LeaseView view = new LeaseView(new ClockReading(0, 0), USABLE, null);
    for (long second = 0; second <= 20; second++) {
      for (long wall = -5; wall <= 20; wall++) {
        ClockReading now = new ClockReading(second * SECOND, wall * 1_000);
        long allowed = Math.min(USABLE - second * SECOND, USABLE - wall * SECOND);

        assertThat(view.remainingNanos(now)).isEqualTo(Math.max(0, allowed));
      }
    }
  }
}
