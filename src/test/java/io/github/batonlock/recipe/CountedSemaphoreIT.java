package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Permits on a real table, with real clients and threads. */
class CountedSemaphoreIT extends RealClients {

  @Test
  void permitPair_isTwoWrites_andAReturnToAWaiterOne() throws Exception {
    counter.measure(
        () -> {
          CountedSemaphore semaphore = CountedSemaphore.of(counted(), newKey(), 5);
          semaphore.acquire(Duration.ZERO).close();
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 2));

          CountedSemaphore single = CountedSemaphore.of(counted(), newKey(), 1);
          Hold held = single.tryAcquire().orElseThrow();
          CompletableFuture<Hold> waiting = single.acquireAsync(Duration.ofMinutes(1));
          // Asks after the other one: answered when that waits.
          assertThat(single.tryAcquire()).isEmpty();
          counter.reset();
          held.close();
          assertThat(Eventually.get(waiting).isHeld()).isTrue();
          assertThat(counter.of("UpdateItem")).isEqualTo(1);
        });
  }

  @Test
  void manyThreadsOfManyClients_areNeverMoreThanPermitsAtOnce() throws Exception {
    int permits = 3;
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int c = 0; c < 4; c++) {
      LockClient client = client();
      CountedSemaphore semaphore = CountedSemaphore.of(client, "many", permits);
      for (int t = 0; t < 3; t++) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        all.add(done);
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int i = 0; i < 10; i++) {
                      try (Hold permit = semaphore.acquire(Duration.ofMinutes(1))) {
                        int now = inside.incrementAndGet();
                        most.accumulateAndGet(now, Math::max);
                        permit.ensureHeld();
                        // Something that takes a while.
                        assertThat(client.inspect(permit.key())).isPresent();
                        turns.incrementAndGet();
                        inside.decrementAndGet();
                      }
                    }
                    done.complete(null);
                  } catch (Throwable e) {
                    done.completeExceptionally(e);
                  }
                });
        thread.setDaemon(true);
        thread.start();
      }
    }
    for (CompletableFuture<Void> each : all) {
      Eventually.get(each);
    }
    assertThat(turns).hasValue(4 * 3 * 10);
    assertThat(most.get()).isLessThanOrEqualTo(permits);
  }
}
