package io.github.batonlock.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.LockClient;
import io.github.batonlock.integration.TableFixture;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Worker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.support.LockException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** ShedLock's own executor on a real table, with real threads and processes. */
class BatonLockProviderIT extends TableFixture {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final String job = newKey();

  private LockConfiguration config(Duration atMost, Duration atLeast) {
    return new LockConfiguration(Instant.now(), job, atMost, atLeast);
  }

  /** A counter that loses counts as soon as two threads are at it. */
  private static final class Counter {
    private final AtomicInteger inside = new AtomicInteger();
    private volatile int count;
    private volatile boolean disturbed;

    void count() {
      disturbed |= inside.incrementAndGet() > 1;
      int before = count;
      Thread.onSpinWait();
      count = before + 1;
      inside.decrementAndGet();
    }
  }

  @Test
  void manyThreadsOfThreeHosts_runTheTaskOneAtATime() throws Exception {
    Counter counter = new Counter();
    List<CompletableFuture<Integer>> threads = new ArrayList<>();
    for (int host = 0; host < 3; host++) {
      LockingTaskExecutor executor = new DefaultLockingTaskExecutor(BatonLockProvider.of(client()));
      for (int thread = 0; thread < 3; thread++) {
        threads.add(inBackground(() -> runs(executor, counter, 10)));
      }
    }
    int ran = 0;
    for (CompletableFuture<Integer> thread : threads) {
      ran += Eventually.get(thread);
    }

    assertThat(counter.disturbed).isFalse();
    assertThat(ran).isEqualTo(90);
    assertThat(counter.count).isEqualTo(ran);
  }

  /** Starts the task until it has run so often; most starts are skipped. */
  private int runs(LockingTaskExecutor executor, Counter counter, int wanted) {
    AtomicInteger ran = new AtomicInteger();
    while (ran.get() < wanted) {
      executor.executeWithLock(
          (Runnable)
              () -> {
                counter.count();
                ran.incrementAndGet();
              },
          config(LONG, Duration.ZERO));
    }
    return ran.get();
  }

  @Test
  void jobOfAHostThatIsKilled_runsOnAnotherAfterALease() throws Exception {
    Assumptions.assumeFalse(
        System.getProperty("baton.endpoint", "").equals("aws"),
        "child JVMs get an endpoint, and dummy credentials");
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    Assumptions.assumeTrue(os.contains("linux") || os.contains("mac"), "needs kill -9");
    Duration lease = Duration.ofSeconds(3);
    Worker first = closing(Worker.start("job", table, job, lease, 0));
    first.await("working");
    LockingTaskExecutor second = new DefaultLockingTaskExecutor(BatonLockProvider.of(client()));
    AtomicInteger runs = new AtomicInteger();
    Runnable start =
        () -> second.executeWithLock((Runnable) runs::incrementAndGet, config(LONG, Duration.ZERO));
    start.run();
    assertThat(runs).hasValue(0);

    long killed = System.nanoTime();
    first.kill();
    Eventually.until(
        "the job runs on the second host",
        Duration.ofSeconds(60),
        () -> {
          start.run();
          return runs.get() > 0;
        });

    assertThat(Duration.ofNanos(System.nanoTime() - killed))
        .isBetween(lease.dividedBy(2), Duration.ofSeconds(40));
    assertThat(first.lines("ended")).isEmpty();
  }

  @Test
  void lockAtLeastFor_keepsTheJobFromAHostThatIsLate() {
    AtomicInteger runs = new AtomicInteger();
    for (int host = 0; host < 3; host++) {
      LockClient client = client();
      new DefaultLockingTaskExecutor(BatonLockProvider.of(client))
          .executeWithLock((Runnable) runs::incrementAndGet, config(LONG, Duration.ofMinutes(1)));
      client.close();
    }

    assertThat(runs).hasValue(1);
    assertThat(row(job)).containsEntry("keptClosed", s("1"));
  }

  @Test
  void lockAtMostFor_endsAHungTask_andAnotherHostRunsTheJob() throws Exception {
    BatonLockProvider here = BatonLockProvider.of(client());
    BatonLockProvider there = BatonLockProvider.of(client());
    CompletableFuture<Boolean> hung =
        inBackground(
            () -> {
              SimpleLock lock =
                  here.lock(config(Duration.ofMillis(200), Duration.ZERO)).orElseThrow();
              try {
                new CompletableFuture<Void>().get();
                return false;
              } catch (InterruptedException e) {
                assertThatThrownBy(lock::unlock).isInstanceOf(LockException.class);
                return true;
              }
            });

    assertThat(Eventually.get(hung)).isTrue();
    Eventually.until(
        "the lock is free",
        Duration.ofSeconds(30),
        () -> {
          Optional<SimpleLock> next = there.lock(config(LONG, Duration.ZERO));
          next.ifPresent(SimpleLock::unlock);
          return next.isPresent();
        });
  }
}
