package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Callers that are interrupted at any moment, also while they send their own requests. */
class InterruptedCallersIT extends TableFixture {
  private static final int ROUNDS = 120;

  /** Longer than an acquisition and a release take. */
  private static final long LATEST = TimeUnit.MILLISECONDS.toNanos(12);

  @Test
  void interrupts_ofCallersThatCompete_areEachSeen_andHarmNoLock() throws Exception {
    String key = newKey();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<CompletableFuture<Integer>> callers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      LockClient client =
          client(
              b ->
                  b.leaseDuration(Duration.ofSeconds(10)).heartbeatInterval(Duration.ofSeconds(1)));
      callers.add(
          inBackground(
              () -> {
                int unseen = 0;
                for (int round = 0; round < ROUNDS; round++) {
                  unseen += isSeen(client, key, inside, overlaps) ? 0 : 1;
                }
                return unseen;
              }));
    }
    for (CompletableFuture<Integer> caller : callers) {
      assertThat(Eventually.get(caller)).as("interrupts that nobody saw").isZero();
    }

    assertThat(overlaps).hasValue(0);
    try (HeldLock lock = client().acquire(key)) {
      assertThat(lock.isHeld()).isTrue();
    }
  }

  /** Works under the lock, and is interrupted once. Returns whether this thread has seen that. */
  private static boolean isSeen(
      LockClient client, String key, AtomicInteger inside, AtomicInteger overlaps) {
    Thread caller = Thread.currentThread();
    long delay = ThreadLocalRandom.current().nextLong(LATEST);
    CompletableFuture<Void> interrupter =
        CompletableFuture.runAsync(
            () -> {
              LockSupport.parkNanos(delay);
              caller.interrupt();
            });
    boolean seen = false;
    try (HeldLock lock = client.acquire(LockRequest.builder(key).waitForever().build())) {
      overlaps.addAndGet(inside.incrementAndGet() == 1 ? 0 : 1);
      inside.decrementAndGet();
    } catch (InterruptedException e) {
      seen = true;
    }
    interrupter.join();
    boolean left = Thread.interrupted();
    return seen || left;
  }
}
