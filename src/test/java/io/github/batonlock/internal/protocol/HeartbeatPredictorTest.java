package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A waiter that looks once a second learns when heartbeats come, whatever the holder's clock says.
 */
class HeartbeatPredictorTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** The holder's clock shows 2026 when the waiter's shows so many nanoseconds. */
  private static final long HOLDER_EPOCH_MILLIS = 1_767_225_600_000L;

  private static final Duration LEASE = Duration.ofSeconds(40);

  /** By how much the waiter's wall clock is ahead of the holder's. */
  private long clockError = 3_600_000;

  private final Random random = new Random(7);
  private final HeartbeatPredictor predictor = new HeartbeatPredictor();
  private long interval = 5 * SECOND;
  private long now = 500 * MILLI;
  private long step;
  private long looks;
  private long lastLag;

  private ClockReading moment(long nanos) {
    return new ClockReading(nanos, HOLDER_EPOCH_MILLIS + nanos / MILLI + clockError);
  }

  /** The number of the heartbeat that a look sees which is answered now. */
  private long beat() {
    return now / interval;
  }

  private String version(long beat) {
    return RecordVersion.create(
        HOLDER_EPOCH_MILLIS + step + beat * interval / MILLI, new Random(beat));
  }

  /** Looks as a waiter does: when the rhythm says, or about a second later. */
  private void watch(long until) {
    while (now < until) {
      long pause = (long) (SECOND * (1.08 + 0.24 * random.nextDouble()));
      OptionalLong due = predictor.nextLook(now, 0);
      now += due.isPresent() && due.getAsLong() < pause * 1.5 ? due.getAsLong() : pause;
      long seenBefore = looks;
      look();
      assertThat(looks).isEqualTo(seenBefore + 1);
    }
  }

  private void look() {
    long sent = now;
    long beat = beat();
    lastLag = now - beat * interval;
    now += 2 * MILLI;
    looks++;
    predictor.saw(version(beat), LEASE, sent, moment(now));
  }

  @ParameterizedTest
  @ValueSource(longs = {1_000, 2_000, 5_000, 9_000})
  void heartbeats_areSeenWithinMillisecondsOnceTheRhythmIsKnown(long intervalMillis) {
    interval = intervalMillis * MILLI;
    watch(20 * interval);
    long worst = 0;
    for (int i = 0; i < 20; i++) {
      long last = beat();
      while (beat() == last) {
        watch(now + 1);
      }
      worst = Math.max(worst, lastLag);
    }
    assertThat(worst).isBetween(0L, 70 * MILLI);
  }

  @ParameterizedTest
  @ValueSource(longs = {-5, 0, 5})
  void heartbeats_areSeenFromTheFirstOn_whereTheWallClocksAgreeAndTimesAreDefaults(long error) {
    clockError = error;
    interval = 10 * SECOND;
    look();
    for (int i = 0; i < 3; i++) {
      long last = beat();
      while (beat() == last) {
        watch(now + 1);
      }
      assertThat(lastLag).isBetween(0L, 70 * MILLI);
    }
  }

  @Test
  void looks_areNoMoreThanOneASecond() {
    watch(600 * SECOND);
    assertThat(looks).isLessThan(600);
  }

  @Test
  void missedHeartbeat_isLookedForOnceMore_thenAtTheTimesOfLaterOnes() {
    watch(100 * SECOND);
    String last = version(beat());
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long pause = predictor.nextLook(now, 0).orElseThrow();
      pauses.add(pause / MILLI);
      now += pause;
      predictor.saw(last, LEASE, now, moment(now));
    }
    assertThat(pauses.subList(1, 5)).containsExactly(100L, 4_900L, 5_000L, 5_000L);
  }

  @Test
  void look_thatIsNotWantedSoon_isForALaterHeartbeat() {
    watch(100 * SECOND);
    long next = predictor.nextLook(now, 0).orElseThrow();
    long later = predictor.nextLook(now, next + SECOND).orElseThrow();
    assertThat(later).isEqualTo(next + interval);
  }

  @Test
  void interval_isNotToldBeforeItWasSeen() {
    interval = 3 * SECOND;
    assertThat(predictor.interval()).isEmpty();
    look();
    assertThat(predictor.interval()).isEmpty();
    now = 4 * SECOND;
    look();
    // The first version may be the grant's, and the first heartbeat comes early.
    assertThat(predictor.interval()).isEmpty();
    now = 7 * SECOND;
    look();
    assertThat(predictor.interval()).hasValue(interval);
  }

  @Test
  void firstHeartbeat_thatComesEarly_doesNotChangeTheGuess() {
    interval = LEASE.toNanos() / 4;
    predictor.saw(version(0), LEASE, MILLI, moment(2 * MILLI));
    step = -7_000;
    predictor.saw(version(1), LEASE, 3 * SECOND, moment(3 * SECOND + MILLI));
    step = 0;
    assertThat(predictor.nextLook(3 * SECOND + MILLI, 0).orElseThrow())
        .isBetween(interval - 2 * SECOND, interval + SECOND);
  }

  @Test
  void foreignVersions_haveNoRhythm() {
    for (int i = 0; i < 10; i++) {
      predictor.saw("foreign-" + i, LEASE, i * SECOND, moment(i * SECOND + MILLI));
      assertThat(predictor.interval()).isEmpty();
      assertThat(predictor.nextLook(i * SECOND + MILLI, 0)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-3_600_000, -700, 700, 3_600_000})
  void holdersClockSteps_isForgottenAndLearntAnew(long stepMillis) {
    watch(100 * SECOND);
    step = stepMillis;
    watch(now + 100 * SECOND);
    long last = beat();
    while (beat() == last) {
      watch(now + 1);
    }
    assertThat(lastLag).isLessThan(100 * MILLI);
  }

  @Test
  void heartbeatOutOfTurn_doesNotSpoilTheInterval() {
    watch(100 * SECOND);
    // An update of the lock's data renews early; then the schedule goes on.
    now = (beat() + 1) * interval - 2 * SECOND;
    predictor.saw(
        RecordVersion.create(HOLDER_EPOCH_MILLIS + now / MILLI, new Random(99)),
        LEASE,
        now,
        moment(now + 2 * MILLI));
    watch(now + 60 * SECOND);
    long last = beat();
    while (beat() == last) {
      watch(now + 1);
    }
    assertThat(lastLag).isLessThan(100 * MILLI);
  }
}
