package io.github.batonlock.internal.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();
  private final List<String> ran = new ArrayList<>();

  private void note(String what) {
    ran.add(what + " at " + time.nanos());
  }

  @Test
  void tasks_ofOneInstant_runInTheOrderOfAsking() {
    time.schedule(
        5,
        () -> {
          note("first");
          time.schedule(0, () -> note("asked for by the first"));
        });
    time.schedule(5, () -> note("second"));
    time.schedule(0, () -> note("now"));
    time.schedule(-1, () -> note("overdue"));

    time.advance(Duration.ofNanos(5));

    assertThat(ran)
        .containsExactly(
            "now at 0", "overdue at 0", "first at 5", "second at 5", "asked for by the first at 5");
  }

  @Test
  void tasks_manyOfThemAndSomeCancelled_runInTheOrderOfTheirTime() {
    SplittableRandom random = new SplittableRandom(1);
    List<Integer> delays = random.ints(1_000, 0, 100).boxed().toList();
    List<VirtualTime.Task> tasks = new ArrayList<>();
    for (int i = 0; i < delays.size(); i++) {
      String name = "task " + i;
      tasks.add(time.schedule(delays.get(i), () -> note(name)));
    }
    IntStream.range(0, 1_000).filter(i -> i % 3 == 0).forEach(i -> tasks.get(i).cancel());

    time.advance(Duration.ofNanos(99));

    List<String> expected =
        IntStream.range(0, 1_000)
            .boxed()
            .filter(i -> i % 3 != 0)
            .sorted(Comparator.comparing(delays::get))
            .map(i -> "task " + i + " at " + delays.get(i))
            .toList();
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void task_cancelledByOneOfTheSameInstant_neverRuns() {
    List<VirtualTime.Task> later = new ArrayList<>();
    time.schedule(0, () -> later.forEach(VirtualTime.Task::cancel));
    later.add(time.schedule(0, () -> note("due now")));
    later.add(time.schedule(1, () -> note("due later")));

    time.advance(Duration.ofNanos(1));

    assertThat(ran).isEmpty();
  }

  @Test
  void task_beyondTheTimeThatGoesBy_waits() {
    time.schedule(10, () -> note("task"));

    time.advance(Duration.ofNanos(9));
    assertThat(ran).isEmpty();
    assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(9));

    time.advance(Duration.ofNanos(1));
    assertThat(ran).containsExactly("task at 10");
  }

  @Test
  void task_thatAsksForItselfWithoutEnd_failsInsteadOfHanging() {
    Runnable busy =
        new Runnable() {
          @Override
          public void run() {
            time.schedule(0, this);
          }

          @Override
          public String toString() {
            return "a busy loop";
          }
        };
    time.schedule(1, busy);

    assertThatThrownBy(() -> time.advance(Duration.ofSeconds(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("a busy loop");
  }

  @Test
  void tasks_asManyAsTheBoundAllows_run() {
    int[] count = new int[1];
    IntStream.range(0, VirtualTime.MAX_TASKS_AT_ONCE)
        .forEach(i -> time.schedule(1, () -> count[0]++));

    time.advance(Duration.ofNanos(1));

    assertThat(count[0]).isEqualTo(VirtualTime.MAX_TASKS_AT_ONCE);
  }
}
