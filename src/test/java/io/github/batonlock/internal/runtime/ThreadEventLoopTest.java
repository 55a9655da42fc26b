package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.support.Stalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadEventLoopTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private final CompletableFuture<Thread> made = new CompletableFuture<>();
  private final EventLoop loop =
      new ThreadEventLoop(
          task -> {
            Thread thread = new Thread(task, "loop under test");
            thread.setDaemon(true);
            made.complete(thread);
            return thread;
          },
          null);

  @AfterEach
  void stop() {
    loop.shutdown();
  }

  @Test
  void tasks_runOneAtATimeInTheirOrder_onOneThread() {
    List<Integer> ran = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      assertThat(
              loop.execute(
                  () -> {
                    ran.add(number);
                    threads.add(Thread.currentThread());
                  }))
          .isTrue();
    }
    roundTrip();

    assertThat(ran).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    assertThat(threads).containsOnly(made.join());
  }

  @Test
  void timers_runInTheOrderOfTheirDueTimes() throws Exception {
    // A loop that stands still while it queues them changes which is due first.
    Stalls.measure(this::runsInTheOrderOfTheirDueTimes);
  }

  private void runsInTheOrderOfTheirDueTimes() {
    List<String> ran = new ArrayList<>();
    CompletableFuture<Void> last = new CompletableFuture<>();
    loop.execute(
        () -> {
          loop.schedule(
              TimeUnit.MILLISECONDS.toNanos(1_000),
              () -> {
                ran.add("late");
                last.complete(null);
              });
          loop.schedule(TimeUnit.MILLISECONDS.toNanos(500), () -> ran.add("early"));
          loop.schedule(0, () -> ran.add("now"));
          loop.execute(() -> ran.add("task"));
        });
    last.join();

    assertThat(ran).containsExactly("now", "task", "early", "late");
  }

  @Test
  void timer_neverRunsBeforeItIsDue() {
    long delay = TimeUnit.MILLISECONDS.toNanos(30);
    CompletableFuture<Long> ran = new CompletableFuture<>();
    long began = System.nanoTime();
    loop.schedule(delay, () -> ran.complete(System.nanoTime()));

    assertThat(ran.join() - began).isGreaterThanOrEqualTo(delay);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void timer_withoutADelay_runsAtOnce(long delay) {
    CompletableFuture<Void> ran = new CompletableFuture<>();
    loop.schedule(delay, () -> ran.complete(null));

    assertThat(ran).succeedsWithin(30, TimeUnit.SECONDS);
  }

  @Test
  void timer_withTheLongestDelay_doesNotRunAndHarmsNoOther() {
    AtomicBoolean ran = new AtomicBoolean();
    loop.schedule(Long.MAX_VALUE, () -> ran.set(true));
    loop.schedule(TimeUnit.MILLISECONDS.toNanos(1), () -> {});
    roundTrip();

    assertThat(ran).isFalse();
  }

  @Test
  void cancelledTimer_doesNotRun() {
    AtomicBoolean ran = new AtomicBoolean();
    CompletableFuture<Void> later = new CompletableFuture<>();
    loop.execute(
        () -> {
          EventLoop.Timer timer =
              loop.schedule(TimeUnit.MILLISECONDS.toNanos(5), () -> ran.set(true));
          loop.schedule(TimeUnit.MILLISECONDS.toNanos(20), () -> later.complete(null));
          timer.cancel();
          timer.cancel();
        });
    later.join();

    assertThat(ran).isFalse();
  }

  @Test
  void timer_cancelledWhileItRuns_isNotInterrupted() {
    CompletableFuture<EventLoop.Timer> self = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    self.complete(
        loop.schedule(
            0,
            () -> {
              self.join().cancel();
              interrupted.complete(Thread.currentThread().isInterrupted());
            }));

    assertThat(interrupted.join()).isFalse();
  }

  @Test
  void whatATaskThrows_stopsNeitherTheLoopNorItsThread() {
    loop.execute(
        () -> {
          throw new IllegalStateException("a task fails");
        });
    loop.execute(
        () -> {
          throw new StackOverflowError("a task fails badly");
        });
    loop.schedule(
        0,
        () -> {
          throw new AssertionError("a timer fails");
        });
    CompletableFuture<Thread> after = new CompletableFuture<>();
    loop.schedule(TimeUnit.MILLISECONDS.toNanos(1), () -> after.complete(Thread.currentThread()));

    assertThat(after.join()).isSameAs(made.join());
  }

  @Test
  void loop_afterShutdown_takesNothingAndRunsNothing() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    loop.execute(
        () -> {
          running.countDown();
          awaitUninterruptibly(goOn);
        });
    loop.execute(() -> ran.set(true));
    loop.schedule(1, () -> ran.set(true));
    loop.schedule(HOUR, () -> ran.set(true));
    running.await();

    loop.shutdown();

    assertThat(loop.execute(() -> ran.set(true))).isFalse();
    loop.schedule(0, () -> ran.set(true)).cancel();
    goOn.countDown();
    made.join().join();
    assertThat(ran).isFalse();
  }

  @Test
  void loop_shutDownByItsOwnTask_ends() throws Exception {
    loop.execute(loop::shutdown);
    made.join().join();

    assertThat(loop.execute(() -> {})).isFalse();
    loop.shutdown();
  }

  @Test
  void lastTask_runsOnceAfterTheShutdown_andAfterTheTaskThatShutDown() throws Exception {
    List<String> ran = new CopyOnWriteArrayList<>();
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    EventLoop ending =
        new ThreadEventLoop(
            task -> {
              Thread timers = new Thread(task, "loop that ends");
              timers.setDaemon(true);
              thread.complete(timers);
              return timers;
            },
            null,
            () -> ran.add("last"));
    ending.execute(
        () -> {
          ending.shutdown();
          ran.add("task");
        });
    thread.join().join();
    ending.shutdown();

    assertThat(ran).containsExactly("task", "last");
  }

  private void roundTrip() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    assertThat(loop.execute(() -> done.complete(null))).isTrue();
    done.join();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // A shutdown may interrupt the running task; what it does then is the task's own.
      }
    }
  }
}
