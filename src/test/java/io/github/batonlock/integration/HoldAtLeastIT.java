package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Locks that stay closed after their release, on a real table. */
class HoldAtLeastIT extends TableFixture {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final String key = newKey();

  private LockRequest atLeast(Duration duration) {
    return LockRequest.builder(key).holdAtLeast(duration).build();
  }

  /** Runs something half a second times a number from now, on a thread of its own. */
  private static Executor halfSeconds(int number) {
    return CompletableFuture.delayedExecutor(500L * number, TimeUnit.MILLISECONDS);
  }

  private static void work() throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
  }

  /** A job of 300 ms that three hosts start half a second apart. */
  @Test
  void job_ofThreeHostsHalfASecondApart_isOneRunAndTwoSkips_forFourWrites() throws Exception {
    RequestCounter requests = new RequestCounter();
    AtomicInteger runs = new AtomicInteger();
    List<CompletableFuture<Boolean>> hosts = new ArrayList<>();
    requests.measure(
        () -> {
          for (int i = 0; i < 3; i++) {
            LockClient host =
                client(Sdk.SYNC, requests, b -> b.leaseDuration(Duration.ofMinutes(10)));
            hosts.add(
                CompletableFuture.supplyAsync(
                    () -> {
                      try {
                        return host.tryRunLocked(
                            atLeast(Duration.ofMinutes(1)),
                            lock -> {
                              runs.incrementAndGet();
                              work();
                            });
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    },
                    halfSeconds(i)));
          }
          List<Boolean> ran = new ArrayList<>();
          for (CompletableFuture<Boolean> host : hosts) {
            ran.add(Eventually.get(host));
          }

          assertThat(ran).containsExactly(true, false, false);
          assertThat(runs).hasValue(1);
          // The grant and the release of the one, and one refused write of each other.
          assertThat(requests.counts()).isEqualTo(Map.of("UpdateItem", 4));
        });
  }

  @Test
  void waiters_ofTheSameClientAndOfAnother_getTheLockWhenTheTimeIsOver() throws Exception {
    LockClient holder = client();
    LockRequest waits = LockRequest.builder(key).waitForever().build();
    HeldLock lock = holder.acquire(atLeast(Duration.ofSeconds(2)));
    long granted = System.nanoTime();
    CompletableFuture<HeldLock> here = holder.acquireAsync(waits);
    CompletableFuture<HeldLock> there = client().acquireAsync(waits);
    lock.close();

    HeldLock first =
        Eventually.get(CompletableFuture.anyOf(here, there).thenApply(HeldLock.class::cast));
    long passed = (System.nanoTime() - granted) / NANOS_PER_MILLI;

    // The answer to the grant was in hand a moment before the test's thread had the lock.
    assertThat(passed).isGreaterThan(1_900);
    assertThat(first.fencingToken()).isEqualTo(lock.fencingToken() + 1);
    assertThat(row(key)).doesNotContainKey("keptClosed");
    first.close();
    Eventually.get(CompletableFuture.allOf(here, there));
  }

  @Test
  void work_thatThrows_leavesTheLockClosed() {
    assertThatThrownBy(
            () ->
                client()
                    .runLocked(
                        atLeast(Duration.ofMinutes(1)),
                        lock -> {
                          throw new IOException("the work failed");
                        }))
        .isInstanceOf(IOException.class);

    assertThat(row(key)).containsEntry("keptClosed", s("1")).doesNotContainKey("isReleased");
  }

  /** The time goes on when the process has ended; its session frees its other locks only. */
  @Test
  void closeOfTheClient_leavesTheLockClosed_alsoWithASharedLease() throws Exception {
    LockClient client = client(b -> b.leases(Leases.shared()));
    HeldLock closed = client.acquire(atLeast(Duration.ofMinutes(1)));
    HeldLock other = client.acquire(newKey());

    client.close();

    assertThat(closed.isHeld()).isFalse();
    assertThat(other.isHeld()).isFalse();
    assertThat(row(key)).containsEntry("keptClosed", s("1")).doesNotContainKey("session");
    LockClient next = client();
    assertThat(next.tryAcquire(key)).isEmpty();
    assertThat(next.tryAcquire(other.key())).isPresent();
  }
}
