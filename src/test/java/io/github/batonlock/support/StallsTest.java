package io.github.batonlock.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StallsTest {
  private final List<Throwable> failures = new ArrayList<>();
  private int runs;

  private void run() throws Exception {
    runs++;
    if (!failures.isEmpty()) {
      Throwable failure = failures.remove(0);
      if (failure instanceof Exception thrown) {
        throw thrown;
      }
      throw (AssertionError) failure;
    }
  }

  @Test
  void check_thatFailsWhileNothingStalls_fails() {
    AssertionError failure = new AssertionError("a fault");
    failures.add(failure);

    assertThatThrownBy(() -> Stalls.measure(this::run, () -> false)).isSameAs(failure);

    assertThat(runs).isEqualTo(1);
  }

  @Test
  void check_thatAStallSpoils_isDoneAgain() throws Exception {
    failures.add(new AssertionError("late"));
    failures.add(new IllegalStateException("later still"));

    Stalls.measure(this::run, () -> true);

    assertThat(runs).isEqualTo(3);
  }

  @Test
  void check_thatFailsEachTime_failsHoweverTheMachineStalls() {
    for (int i = 0; i < 100; i++) {
      failures.add(new AssertionError("a fault"));
    }

    assertThatThrownBy(() -> Stalls.measure(this::run, () -> true)).hasMessage("a fault");

    assertThat(runs).isEqualTo(5);
  }

  @Test
  void check_thatIsInterrupted_isNotDoneAgain() {
    failures.add(new InterruptedException());

    assertThatThrownBy(() -> Stalls.measure(this::run, () -> true))
        .isInstanceOf(InterruptedException.class);

    assertThat(runs).isEqualTo(1);
  }
}
