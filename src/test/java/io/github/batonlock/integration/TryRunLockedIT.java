package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Work that is skipped where another caller holds the lock. */
class TryRunLockedIT extends TableFixture {
  private final String key = newKey();

  @Test
  void work_underAFreeLock_runsAndTheLockIsReleased() throws Exception {
    LockClient client = client();

    assertThat(client.tryRunLocked(key, HeldLock::ensureHeld)).isTrue();
    assertThat(isReleased(key)).isTrue();
    assertThat(client.tryCallLocked(LockKey.of(key), lock -> lock.key().partitionKey()))
        .hasValue(key);
    assertThat(isReleased(key)).isTrue();
  }

  /** Jobs that overlap: one runs, the others are skipped at once, with no exception. */
  @Test
  void work_whileOthersHoldTheLock_isSkipped_forOneWriteOrNone() throws Exception {
    LockClient holder = client();
    // Any answer tells the table's time: what the holder writes from then on needs no mark.
    assertThat(holder.inspect(key)).isEmpty();
    RequestCounter requests = new RequestCounter();
    LockClient other = client(Sdk.SYNC, requests, b -> {});
    AtomicInteger runs = new AtomicInteger();

    boolean ran =
        holder.tryRunLocked(
            key,
            lock -> {
              runs.incrementAndGet();
              assertThat(other.tryRunLocked(key, again -> runs.incrementAndGet())).isFalse();
              assertThat(other.tryCallLocked(key, again -> runs.incrementAndGet())).isEmpty();
              assertThat(holder.tryRunLocked(key, again -> runs.incrementAndGet())).isFalse();
            });

    assertThat(ran).isTrue();
    assertThat(runs).hasValue(1);
    assertThat(requests.counts()).isEqualTo(Map.of("UpdateItem", 2));
  }

  @Test
  void work_ofARequestForAnExistingItem_isSkippedWithoutOne() throws Exception {
    LockRequest request = LockRequest.builder(key).onlyIfExists(true).build();

    assertThat(client().tryRunLocked(request, lock -> {})).isFalse();
  }

  @Test
  void work_thatThrows_releasesAndThrowsTheSame() {
    IOException failure = new IOException("the work failed");

    assertThatThrownBy(
            () ->
                client()
                    .tryRunLocked(
                        key,
                        lock -> {
                          throw failure;
                        }))
        .isSameAs(failure);

    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void task_thatReturnsNull_isToldByName_andTheLockIsReleased() {
    assertThatThrownBy(() -> client().tryCallLocked(key, lock -> null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("lock '" + key + "'")
        .hasMessageContaining("tryRunLocked");

    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void lockLost_interruptsTheWorkAndThrows() {
    LockClient client =
        client(
            b -> b.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(Duration.ofMillis(200)));

    LockRevokedException revoked =
        catchThrowableOfType(
            LockRevokedException.class,
            () ->
                client.tryRunLocked(
                    key,
                    lock -> {
                      deleteRow(key);
                      boolean unused =
                          new CountDownLatch(1)
                              .await(Eventually.SOON.toMillis(), TimeUnit.MILLISECONDS);
                    }));

    assertThat(revoked.revocation().reason()).isEqualTo(Revocation.Reason.ITEM_DELETED);
    assertThat(revoked.getSuppressed()).hasAtLeastOneElementOfType(InterruptedException.class);
    assertThat(Thread.interrupted()).as("interrupt left behind").isFalse();
  }

  @Test
  void thread_interruptedBefore_doesNotWork() {
    AtomicInteger runs = new AtomicInteger();
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> client().tryRunLocked(key, lock -> runs.incrementAndGet()))
        .isInstanceOf(InterruptedException.class);

    assertThat(runs).hasValue(0);
    Eventually.until("nothing is held", () -> row(key).isEmpty() || isReleased(key));
  }

  @Test
  void tryAcquireAsync_givesTheLockOrNothing() throws Exception {
    CompletableFuture<Optional<HeldLock>> first = client().tryAcquireAsync(key);
    HeldLock lock = Eventually.get(first).orElseThrow();

    assertThat(Eventually.get(client().tryAcquireAsync(LockKey.of(key)))).isEmpty();
    assertThat(lock.isHeld()).isTrue();
    lock.close();
    assertThat(Eventually.get(client().tryAcquireAsync(LockRequest.of(key)))).isPresent();
  }

  @Test
  void calls_withoutBlocking_tellTheSame() throws Exception {
    LockClient holder = client();
    HeldLock lock = holder.acquire(LockKey.of(key));
    LockClient other = client();

    assertThat(Eventually.get(other.inspectAsync(key)).orElseThrow().ownerName())
        .isEqualTo(holder.ownerName());
    assertThat(
            Eventually.get(other.requestReleaseAsync(key, "deploy", Duration.ZERO))
                .orElseThrow()
                .ownerName())
        .isEqualTo(holder.ownerName());
    lock.close();
    other.close();
    assertThat(other.inspectAsync(key)).isCompletedExceptionally();
    assertThat(other.tryAcquireAsync(key)).isCompletedExceptionally();
  }
}
