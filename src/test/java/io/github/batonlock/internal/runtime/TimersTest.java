package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TimersTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final CompletableFuture<Thread> thread = new CompletableFuture<>();
  private final Timers timers =
      new Timers(
          task -> {
            Thread made = new Thread(task, "timers under test");
            made.setDaemon(true);
            thread.complete(made);
            return made;
          },
          () -> {});

  @AfterEach
  void stop() {
    timers.shutdown();
  }

  @Test
  void timer_earlierThanAllOthers_doesNotWaitForThem() throws Exception {
    timers.schedule(HOUR, () -> {});
    CompletableFuture<Void> ran = new CompletableFuture<>();
    timers.schedule(TimeUnit.MILLISECONDS.toNanos(20), () -> ran.complete(null));

    assertThat(ran).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void timers_ofOneTime_runInTheOrderTheyWereMade() {
    Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> last = new CompletableFuture<>();
    List<Integer> numbers = new ArrayList<>();
    timers.schedule(
        0,
        () -> {
          for (int i = 0; i < 1_000; i++) {
            int number = i;
            numbers.add(number);
            timers.schedule(0, () -> ran.add(number));
          }
          timers.schedule(0, () -> last.complete(null));
        });
    last.join();

    assertThat(ran).containsExactlyElementsOf(numbers);
  }

  @Test
  void timers_cancelled_neverRun_andTheOthersAllDo() {
    AtomicInteger cancelled = new AtomicInteger();
    AtomicInteger others = new AtomicInteger();
    CompletableFuture<Void> last = new CompletableFuture<>();
    List<Timers.Due> toCancel = new ArrayList<>();
    long soon = TimeUnit.MILLISECONDS.toNanos(200);
    for (int i = 0; i < 10_000; i++) {
      toCancel.add(timers.schedule(HOUR + i, cancelled::incrementAndGet));
      timers.schedule(soon + i % 7, others::incrementAndGet);
    }
    timers.schedule(2 * soon, () -> last.complete(null));
    toCancel.forEach(timers::cancel);
    toCancel.forEach(timers::cancel);
    last.join();

    assertThat(others).hasValue(10_000);
    assertThat(cancelled).hasValue(0);
  }

  /** Each wake-up of a thread costs more than what is done then. */
  @Test
  void timers_addedAndCancelled_doNotWakeTheThread() {
    CompletableFuture<Void> started = new CompletableFuture<>();
    timers.schedule(0, () -> started.complete(null));
    started.join();
    timers.cancel(timers.schedule(HOUR, () -> {}));
    long before = timers.wakeUps();
    for (int i = 0; i < 10_000; i++) {
      timers.cancel(timers.schedule(2 * HOUR, () -> {}));
    }

    assertThat(timers.wakeUps() - before).isLessThan(10);
  }

  @Test
  void timers_whoseTaskFailsOrIsInterrupted_goOn() {
    timers.schedule(
        0,
        () -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("a timer fails");
        });
    CompletableFuture<Void> next = new CompletableFuture<>();
    timers.schedule(TimeUnit.MILLISECONDS.toNanos(1), () -> next.complete(null));

    assertThat(next).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void timers_afterShutdown_runNothingAndTheirThreadEnds() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    timers.schedule(HOUR, ran::incrementAndGet);
    timers.shutdown();
    timers.cancel(timers.schedule(0, ran::incrementAndGet));
    timers.schedule(0, ran::incrementAndGet);
    timers.shutdown();

    thread.join().join();
    assertThat(ran).hasValue(0);
  }
}
