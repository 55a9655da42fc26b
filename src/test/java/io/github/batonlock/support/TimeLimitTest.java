package io.github.batonlock.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeLimitTest {
  private static final String NAME = "time-limit-test";
  private static final Duration OTHERWISE = Duration.ofHours(1);

  @AfterEach
  void clear() {
    System.clearProperty(NAME + ".minutes");
    System.clearProperty(NAME + ".seconds");
  }

  @Test
  void limit_ofNoProperty_isTheOther() {
    assertThat(TimeLimit.of(NAME, OTHERWISE)).isEqualTo(OTHERWISE);
  }

  @ParameterizedTest
  @CsvSource({"minutes,2,120000", "minutes,0.5,30000", "seconds,90,90000", "seconds,1.5,1500"})
  void limit_ofAProperty_isWhatItSays(String unit, String value, long millis) {
    System.setProperty(NAME + "." + unit, value);

    assertThat(TimeLimit.of(NAME, OTHERWISE)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "five", "NaN"})
  void limit_thatIsNone_isRefused(String value) {
    System.setProperty(NAME + ".seconds", value);

    assertThatThrownBy(() -> TimeLimit.of(NAME, OTHERWISE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(NAME + ".seconds", value);
  }

  @Test
  void limit_inTwoUnits_isRefused() {
    System.setProperty(NAME + ".minutes", "1");
    System.setProperty(NAME + ".seconds", "60");

    assertThatThrownBy(() -> TimeLimit.of(NAME, OTHERWISE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
