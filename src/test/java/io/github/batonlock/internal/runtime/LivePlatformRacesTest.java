package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.races.Rounds;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that give tasks to a machine while it is shut down. */
@Timeout(600)
class LivePlatformRacesTest {
  private static final int ROUNDS = 60 * Rounds.FACTOR;
  private static final int THREADS = 3;
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void loop_shutDownWhileTasksCome_ranTheFirstOfThoseItTook_andNoOther() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      LivePlatform platform = new LivePlatform(null, null, Platforms.THREADS);
      Thread loopThread = loopThread(platform.loop());
      CyclicBarrier start = new CyclicBarrier(THREADS + 1);
      List<Given> givers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Given given = new Given(platform.loop());
        given.done = start(start, given::giveUntilRefused);
        givers.add(given);
      }
      boolean byItself = round % 2 == 0;
      Eventually.get(start(start, () -> shutDown(platform, byItself)), LONG);
      for (Given given : givers) {
        Eventually.get(given.done, LONG);
      }
      loopThread.join(LONG.toMillis());

      assertThat(loopThread.isAlive()).isFalse();
      for (Given given : givers) {
        int ran = given.ran.size();
        assertThat(ran).isLessThanOrEqualTo(given.taken);
        assertThat(given.ran).containsExactlyElementsOf(IntStream.range(0, ran).boxed().toList());
      }
    }
  }

  /** One thread's tasks: how many were taken, and which of them ran. */
  private static final class Given {
    private static final int MOST = 200;

    private final EventLoop loop;
    private final Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    private CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile int taken;

    Given(EventLoop loop) {
      this.loop = loop;
    }

    void giveUntilRefused() {
      int count = 0;
      while (count < MOST && give(count)) {
        count++;
        Rounds.dawdle();
      }
      taken = count;
      if (count < MOST) {
        assertThat(give(-1)).as("taken after one was refused").isFalse();
      }
    }

    private boolean give(int number) {
      return loop.execute(() -> ran.add(number));
    }
  }

  @Test
  void callbacks_givenDuringTheShutdown_runOnceEach() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      LivePlatform platform = new LivePlatform(null, null, Platforms.THREADS);
      int each = 20;
      AtomicIntegerArray runs = new AtomicIntegerArray(THREADS * each);
      CyclicBarrier start = new CyclicBarrier(THREADS + 1);
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int first = i * each;
        all.add(
            start(
                start,
                () -> {
                  for (int number = first; number < first + each; number++) {
                    int mine = number;
                    platform.callbacks().execute(() -> runs.incrementAndGet(mine));
                  }
                }));
      }
      boolean interrupting = round % 2 == 0;
      all.add(start(start, () -> platform.shutdown(interrupting)));
      for (CompletableFuture<Void> part : all) {
        Eventually.get(part, LONG);
      }

      Eventually.until("all have run", LONG, () -> count(runs, 0) == 0);
      assertThat(count(runs, 1)).isEqualTo(runs.length());
    }
  }

  private static long count(AtomicIntegerArray runs, int times) {
    return IntStream.range(0, runs.length()).filter(i -> runs.get(i) == times).count();
  }

  private static Thread loopThread(EventLoop loop) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loop.execute(() -> thread.complete(Thread.currentThread()));
    return thread.join();
  }

  /** As a client does, or from outside. */
  private static void shutDown(LivePlatform platform, boolean byItself) {
    if (byItself) {
      platform.loop().execute(() -> platform.shutdown(false));
    } else {
      platform.shutdown(false);
    }
  }

  private CompletableFuture<Void> start(CyclicBarrier start, Runnable part) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            start.await();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          part.run();
        },
        threads);
  }
}
