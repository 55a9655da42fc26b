package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockReadingTest {

  @ParameterizedTest
  @CsvSource({
    // nanos and wall millis before; after; monotonic, wall and holder's nanoseconds between
    "0,  0,    5000000, 5,    5000000, 5000000,   5000000",
    "0,  0,    5000000, 900,  5000000, 900000000, 900000000",
    "0,  1000, 5000000, 0,    5000000, -1000000000, 5000000",
    "-7, 0,    -3,      0,    4,       0,         4",
    "9223372036854775807, 0, -9223372036854775808, 0, 1, 0, 1",
  })
  void elapsedTime_ofAHolder_isTheLargerOfBothClocks(
      long nanos, long millis, long laterNanos, long laterMillis, long mono, long wall, long both) {
    ClockReading earlier = new ClockReading(nanos, millis);
    ClockReading later = new ClockReading(laterNanos, laterMillis);

    assertThat(later.monotonicSince(earlier)).isEqualTo(mono);
    assertThat(later.wallSince(earlier)).isEqualTo(wall);
    assertThat(later.holderElapsedSince(earlier)).isEqualTo(both);
  }
}
