package io.github.batonlock.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The pace of requests on tables that throttle, simulated by the millisecond. */
class AdaptiveRateLimiterTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int SECONDS = 60;

  private final AdaptiveRateLimiter limiter = new AdaptiveRateLimiter();

  // A monotonic clock may begin anywhere, and pass the largest number.
  private long now = Long.MAX_VALUE - 10_000 * MILLI;
  private int sent;
  private int passed;

  /** Sends as much as is wanted and allowed, on a table that takes so many requests a second. */
  private void run(int seconds, int wantedPerSecond, int takenPerSecond) {
    sent = 0;
    passed = 0;
    double wanted = 0;
    double capacity = 0;
    for (int i = 0; i < seconds * 1_000; i++) {
      wanted += wantedPerSecond / 1_000.0;
      capacity = Math.min(takenPerSecond / 20.0, capacity + takenPerSecond / 1_000.0);
      now += MILLI;
      while (wanted >= 1 && limiter.untilNext(now) <= 0) {
        wanted--;
        sent++;
        limiter.sent();
        if (capacity >= 1) {
          capacity--;
          passed++;
          limiter.passed(true, now);
        } else {
          limiter.throttled(true, now);
        }
      }
    }
  }

  @Test
  void tableThatTakesAll_isNotSlowedDown() {
    run(SECONDS, 2_000, 10_000);

    assertThat(sent).isEqualTo(SECONDS * 2_000);
  }

  @Test
  void tableOfHalfTheDemand_givesNearlyAllItHasAndThrottlesLittle() {
    run(1, 2_000, 1_000);
    run(SECONDS, 2_000, 1_000);

    assertThat(passed).isGreaterThan(SECONDS * 900);
    assertThat(sent - passed).as("throttled").isLessThan(sent / 5);
  }

  @Test
  void tableThatNoLongerThrottles_getsTheWholeDemandWithinSeconds() {
    run(SECONDS, 2_000, 500);
    run(10, 2_000, 10_000);
    assertThat(limiter.untilNext(now)).isZero();

    run(10, 2_000, 10_000);
    assertThat(sent).isGreaterThanOrEqualTo(10 * 2_000);
  }

  @Test
  void partOfTheTableThatThrottles_doesNotSlowTheRest() {
    for (int i = 0; i < SECONDS * 1_000; i++) {
      now += MILLI;
      limiter.passed(true, now);
      // The locks of that part try again and again.
      limiter.throttled(i % 5 == 0, now);
      limiter.throttled(false, now);
    }

    assertThat(limiter.untilNext(now)).isZero();
  }

  @Test
  void fewRenewals_thatAreThrottled_areNotSlowedDown() {
    for (int i = 0; i < SECONDS; i++) {
      now += 100 * MILLI;
      limiter.throttled(true, now);
    }

    assertThat(limiter.untilNext(now)).isZero();
  }

  @Test
  void tableThatTakesNothing_isTriedAllTheTime() {
    run(SECONDS, 2_000, 0);

    assertThat(sent).isGreaterThan(SECONDS * 10);
  }
}
