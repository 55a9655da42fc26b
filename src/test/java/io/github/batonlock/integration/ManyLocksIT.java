package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Stalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * One client that holds many locks. No more than one engine serves beside other tests: of its
 * heartbeats, 40 a second are due.
 */
@Execution(ExecutionMode.SAME_THREAD)
class ManyLocksIT extends TableFixture {
  private static final int LOCKS = 40;
  private static final int INTERVALS = 3;
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** Writes down when requests leave. */
  private static final class SendTimes implements ExecutionInterceptor {
    private final Queue<Long> sends = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeTransmission(
        Context.BeforeTransmission context, ExecutionAttributes attributes) {
      sends.add(System.nanoTime());
    }
  }

  @ParameterizedTest
  @EnumSource
  void locks_manyInOneClient_stayHeldAndRenewSpreadOverTheInterval(Sdk sdk) throws Exception {
    SendTimes times = new SendTimes();
    List<Revocation> lost = Collections.synchronizedList(new ArrayList<>());
    LockClient client =
        client(
            sdk, times, b -> b.leaseDuration(Duration.ofSeconds(60)).heartbeatInterval(INTERVAL));
    List<HeldLock> locks = new ArrayList<>();
    while (locks.size() < LOCKS) {
      // A few at a time: the engine serves other tests as well.
      List<CompletableFuture<HeldLock>> acquiring = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        acquiring.add(
            client.acquireAsync(LockRequest.builder().key(newKey()).onRevoked(lost::add).build()));
      }
      for (CompletableFuture<HeldLock> lock : acquiring) {
        locks.add(Eventually.get(lock, Duration.ofSeconds(60)));
      }
    }
    Stalls.measure(() -> measureSpread(locks, times.sends));

    assertThat(lost).isEmpty();
  }

  private static void measureSpread(List<HeldLock> locks, Queue<Long> sends) {
    sends.clear();
    long start = System.nanoTime();
    long end = start + INTERVALS * INTERVAL.toNanos();
    Eventually.until(
        "the intervals are over",
        () -> {
          locks.forEach(HeldLock::ensureHeld);
          return System.nanoTime() >= end;
        });
    List<Long> sent = List.copyOf(sends);
    double intervals = (System.nanoTime() - start) / (double) INTERVAL.toNanos();

    // Counted over the intervals, so that one pause of the machine, after which what was due goes
    // out together, does not look like a rhythm.
    int windows = (int) (INTERVAL.toMillis() / 100);
    int[] perWindow = new int[windows];
    for (long at : sent) {
      perWindow[(int) (Math.floorMod(at, INTERVAL.toNanos()) / 100_000_000)]++;
    }
    // A slow engine may be asked twice.
    int total = sent.size();
    int fair = total / windows;
    assertThat((double) total)
        .as("heartbeats of all locks")
        .isBetween(LOCKS * intervals / 2, 2 * LOCKS * (intervals + 2));
    for (int count : perWindow) {
      assertThat(count).as("of " + total + " in one window of 100 ms").isLessThan(4 * fair);
    }
  }
}
