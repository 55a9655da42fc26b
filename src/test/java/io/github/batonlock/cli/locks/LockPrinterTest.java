package io.github.batonlock.cli.locks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.operator.Ages;
import io.github.batonlock.internal.operator.LockRow.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockPrinterTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 seconds",
    "PT0.25S, 250 milliseconds",
    "PT1S, 1 second",
    "PT59.9S, 59 seconds",
    "PT2M5S, 2 minutes 5 seconds",
    "PT1H, 1 hour",
    "PT25H30M, 1 day 1 hour",
    "P31D, 31 days"
  })
  void age_ofADuration_isInWords(Duration duration, String words) {
    assertThat(Ages.inWords(duration)).isEqualTo(words);
  }

  @Test
  void colors_withoutATerminal_areOff() {
    assertThat(new Colors(false).of(State.DEAD, "dead")).isEqualTo("dead");
    assertThat(new Colors(true).of(State.DEAD, "dead")).isEqualTo("\u001b[31mdead\u001b[0m");
  }
}
