package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds that end with their work, on a real machine. */
class HoldLimitsIT extends TableFixture {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lockOfAThread_thatDies_isLostAndPassedOn(boolean shared) throws Exception {
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofSeconds(8)).heartbeatInterval(Duration.ofMillis(500)));
    CountDownLatch mayDie = new CountDownLatch(1);
    Thread worker = startThread(() -> awaitQuietly(mayDie));
    List<Revocation> told = new CopyOnWriteArrayList<>();
    String key = newKey();
    HeldLock lock =
        client.acquire(
            LockRequest.builder()
                .key(key)
                .leases(shared ? Leases.shared() : Leases.own())
                .whileAlive(worker)
                .onRevoked(told::add)
                .build());
    CompletableFuture<HeldLock> next =
        client().acquireAsync(LockRequest.builder(key).waitForever().build());
    lock.ensureHeld();

    mayDie.countDown();

    HeldLock passedOn = Eventually.get(next);
    assertThat(passedOn.fencingToken()).isEqualTo(lock.fencingToken() + 1);
    Eventually.until("told", () -> !told.isEmpty());
    assertThat(told).extracting(Revocation::reason).containsExactly(Revocation.Reason.WORKER_DIED);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
