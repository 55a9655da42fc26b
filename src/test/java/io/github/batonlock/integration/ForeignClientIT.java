package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.dynamodbv2.AcquireLockOptions;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClient;
import com.amazonaws.services.dynamodbv2.AmazonDynamoDBLockClientOptions;
import com.amazonaws.services.dynamodbv2.LockItem;
import com.amazonaws.services.dynamodbv2.model.LockCurrentlyUnavailableException;
import com.amazonaws.services.dynamodbv2.model.LockNotGrantedException;
import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.operator.FreezeNote;
import io.github.batonlock.internal.operator.LockBreaker;
import io.github.batonlock.internal.operator.LockFreezer;
import io.github.batonlock.internal.operator.Operator;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Baton and the awslabs lock client on one table, during a migration from one to the other. */
class ForeignClientIT extends TableFixture {
  /**
   * Short enough to wait for its end where its holder is dead, and long enough that a pause of the
   * machine does not lose it where its holder renews it.
   */
  private static final Duration LEASE = Duration.ofSeconds(8);

  private static final Duration SHORT_LEASE = Duration.ofSeconds(3);
  private static final Duration LONG_LEASE = Duration.ofMinutes(10);

  /** A client of the awslabs library; one that does not renew is as good as dead. */
  private AmazonDynamoDBLockClient awslabs(Duration lease, boolean renews) {
    AmazonDynamoDBLockClient client =
        new AmazonDynamoDBLockClient(
            AmazonDynamoDBLockClientOptions.builder(dynamo.sync(), table)
                .withPartitionKeyName("key")
                .withOwnerName("awslabs")
                .withTimeUnit(TimeUnit.MILLISECONDS)
                .withLeaseDuration(lease.toMillis())
                .withHeartbeatPeriod(lease.toMillis() / 6)
                .withCreateHeartbeatBackgroundThread(renews)
                .build());
    if (renews) {
      closing(client);
    }
    return client;
  }

  private static AcquireLockOptions options(String key, Duration wait) {
    return AcquireLockOptions.builder(key)
        .withDeleteLockOnRelease(false)
        .withTimeUnit(TimeUnit.MILLISECONDS)
        .withRefreshPeriod(50L)
        .withAdditionalTimeToWaitForLock(wait.toMillis())
        .build();
  }

  private LockClient baton(Duration lease) {
    return client(b -> b.leaseDuration(lease).heartbeatInterval(lease.dividedBy(6)));
  }

  @Test
  void lock_heldByAwslabs_isNotBatonsUntilReleased() throws Exception {
    String key = newKey();
    LockItem theirs = awslabs(LONG_LEASE, true).acquireLock(options(key, Duration.ZERO));
    LockClient baton = baton(LONG_LEASE);

    assertThat(baton.tryAcquire(key)).isEmpty();
    assertThatThrownBy(
            () -> baton.acquire(LockRequest.builder(key).waitUpTo(Duration.ofMillis(100)).build()))
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e ->
                assertThat(e.holder())
                    .hasValueSatisfying(
                        holder -> {
                          assertThat(holder.ownerName()).isEqualTo("awslabs");
                          assertThat(holder.leaseDuration()).isEqualTo(LONG_LEASE);
                          assertThat(holder.fencingToken()).isEmpty();
                        }));
    theirs.close();

    assertThat(baton.tryAcquire(key)).isPresent();
  }

  @Test
  void lock_heldByBaton_isNotAwslabsUntilReleased() throws Exception {
    String key = newKey();
    HeldLock ours = baton(LEASE).acquire(key);
    AmazonDynamoDBLockClient awslabs = awslabs(LEASE, true);

    // They wait for the holder's lease besides.
    assertThatThrownBy(() -> awslabs.acquireLock(options(key, Duration.ofMillis(500))))
        .isInstanceOf(LockNotGrantedException.class);
    ours.ensureHeld();
    ours.close();

    assertThat(awslabs.tryAcquireLock(options(key, Duration.ZERO))).isPresent();
    assertThat(ours.revocation()).isEmpty();
  }

  @Test
  void lock_ofDeadAwslabsHolder_isTakenAfterItsLeaseAndAQuarter() throws Exception {
    String key = newKey();
    LockItem dead = awslabs(SHORT_LEASE, false).acquireLock(options(key, Duration.ZERO));
    LockClient baton = baton(LONG_LEASE);

    long start = System.nanoTime();
    HeldLock lock = baton.acquire(LockRequest.builder(key).waitForever().build());
    Duration waited = Duration.ofNanos(System.nanoTime() - start);

    assertThat(waited).isBetween(Duration.ofMillis(3750), Duration.ofSeconds(20));
    lock.ensureHeld();
    assertThat(row(key).get("recordVersionNumber").s()).isNotEqualTo(dead.getRecordVersionNumber());
  }

  /** Each process looks once, as a scheduled job does; the first look leaves a mark. */
  @Test
  void lock_ofDeadAwslabsHolder_isTakenByAProcessThatLooksOnce() throws Exception {
    String key = newKey();
    LockItem dead = awslabs(SHORT_LEASE, false).acquireLock(options(key, Duration.ZERO));
    long granted = System.nanoTime();

    AtomicLong nextLook = new AtomicLong(granted);
    Eventually.until(
        "a process that looks once has the lock",
        () ->
            System.nanoTime() - nextLook.get() > 0
                && nextLook.addAndGet(TimeUnit.MILLISECONDS.toNanos(500)) != 0
                && looksOnce(key));

    assertThat(Duration.ofNanos(System.nanoTime() - granted))
        .isGreaterThan(SHORT_LEASE.multipliedBy(5).dividedBy(4));
    assertThat(row(key).get("recordVersionNumber").s()).isNotEqualTo(dead.getRecordVersionNumber());
  }

  /** Whether a client that knows nothing yet gets a lock by one try. */
  private boolean looksOnce(String key) throws InterruptedException {
    try (LockClient process =
        client(b -> b.leaseDuration(LONG_LEASE).maxTableClockError(Duration.ZERO))) {
      return process.tryAcquire(key).isPresent();
    }
  }

  @Test
  void lock_ofLiveAwslabsHolderWithTheSameLease_isNeverTaken() throws Exception {
    String key = newKey();
    LockItem alive = awslabs(LEASE, true).acquireLock(options(key, Duration.ZERO));

    assertThatThrownBy(
            () ->
                baton(LEASE).acquire(LockRequest.builder(key).waitUpTo(LEASE.plus(LEASE)).build()))
        .isInstanceOf(LockNotAcquiredException.class);

    assertThat(alive.isExpired()).isFalse();
    assertThat(row(key).get("ownerName").s()).isEqualTo("awslabs");
  }

  @Test
  void lock_ofBatonHolderThatIsCutOff_isAwslabsAfterItWasRevoked() throws Exception {
    String key = newKey();
    LossyHttpClient network = LossyHttpClient.create();
    // It is told when four fifths are over: the rest is for a machine that stands still.
    Duration lease = Duration.ofSeconds(20);
    LockClient baton =
        client(
            sdkOver(network, true),
            b -> b.leaseDuration(lease).heartbeatInterval(lease.dividedBy(6)));
    CompletableFuture<Long> revokedAt = new CompletableFuture<>();
    HeldLock lock = baton.acquire(key);
    lock.onRevoked(revocation -> revokedAt.complete(System.nanoTime()));
    for (String operation : List.of("UpdateItem", "GetItem", "DeleteItem")) {
      network.always(operation, LossyHttpClient.Fault.blackHole());
    }

    LockItem theirs = awslabs(LONG_LEASE, true).acquireLock(options(key, Duration.ofSeconds(30)));
    long takenAt = System.nanoTime();

    assertThat(Eventually.get(revokedAt)).isLessThan(takenAt);
    assertThat(lock.isHeld()).isFalse();
    network.heal();
    baton.close();
    assertThat(row(key).get("recordVersionNumber").s()).isEqualTo(theirs.getRecordVersionNumber());
    assertThat(isReleased(key)).isFalse();
  }

  @Test
  void tokens_withAwslabsHoldersInBetween_keepGrowing() throws Exception {
    String key = newKey();
    LockClient baton = baton(LONG_LEASE);
    AmazonDynamoDBLockClient awslabs = awslabs(LONG_LEASE, true);
    List<Long> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (HeldLock lock = baton.acquire(key)) {
        tokens.add(lock.fencingToken());
      }
      try (LockItem theirs = awslabs.acquireLock(options(key, Duration.ofSeconds(10)))) {
        assertThat(theirs.getOwnerName()).isEqualTo("awslabs");
        assertThat(baton.tryAcquire(key)).isEmpty();
      }
    }
    assertThat(tokens).isSorted().doesNotHaveDuplicates();
  }

  /** It sees a holder that does not renew, and no client of ours holds the lock. */
  @Test
  void lockThatStaysClosed_isClosedForAwslabs_andThenTaken() throws Exception {
    String key = newKey();
    LockRequest request = LockRequest.builder(key).holdAtLeast(Duration.ofSeconds(3)).build();
    HeldLock ours = client().acquire(request);
    long granted = System.nanoTime();
    ours.close();
    assertThat(row(key)).containsEntry("keptClosed", s("1"));

    LockItem theirs = awslabs(LONG_LEASE, true).acquireLock(options(key, Duration.ofSeconds(30)));

    assertThat(theirs.getOwnerName()).isEqualTo("awslabs");
    assertThat(Duration.ofNanos(System.nanoTime() - granted))
        .isGreaterThan(Duration.ofMillis(2_800));
    theirs.close();
  }

  /** They add the time of the freeze to the time that they may wait. */
  @Test
  void lock_thatIsFrozen_keepsAwslabsWaitingUntilItIsThawed() throws Exception {
    String key = newKey();
    AmazonDynamoDBLockClient awslabs = awslabs(LEASE, true);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Operator operator =
        Operator.of(dynamo.sync(), new Operator.Target(table, "key", null, "carol@ops"))) {
      FreezeNote note = new FreezeNote("carol@ops", "migration");
      LockFreezer freezer = operator.freezer();
      freezer.freeze(LockKey.of(key), note, LONG_LEASE, Duration.ZERO, false);

      assertThatThrownBy(
              () ->
                  awslabs.acquireLock(
                      AcquireLockOptions.builder(key).withShouldSkipBlockingWait(true).build()))
          .isInstanceOf(LockCurrentlyUnavailableException.class);
      Future<LockItem> waits =
          thread.submit(() -> awslabs.acquireLock(options(key, Duration.ZERO)));
      assertThatThrownBy(() -> waits.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(row(key).get("ownerName").s()).isEqualTo(note.ownerName());

      freezer.thaw(LockKey.of(key));
      assertThat(waits.get(Eventually.SOON.toSeconds(), TimeUnit.SECONDS).getOwnerName())
          .isEqualTo("awslabs");
    } finally {
      thread.shutdownNow();
    }
  }

  /** A look of a Kinesis consumer at the lock of its leader; whether it leads after it. */
  private static boolean kinesisLook(AmazonDynamoDBLockClient client, String key)
      throws InterruptedException {
    Optional<LockItem> seen = client.getLock(key, Optional.empty());
    if (seen.isPresent() && !seen.get().isExpired()) {
      return false;
    }
    try {
      return client
          .tryAcquireLock(
              AcquireLockOptions.builder(key)
                  .withTimeUnit(TimeUnit.MILLISECONDS)
                  .withRefreshPeriod(SHORT_LEASE.toMillis() / 6)
                  .withShouldSkipBlockingWait(true)
                  .build())
          .isPresent();
    } catch (LockCurrentlyUnavailableException e) {
      return false;
    }
  }

  @Test
  void leaderOfKinesisConsumers_thatIsDead_isReplacedOnceAnOperatorBreaksItsLock()
      throws Exception {
    String key = newKey();
    LockItem dead = awslabs(SHORT_LEASE, false).acquireLock(options(key, Duration.ofSeconds(1)));
    AmazonDynamoDBLockClient next = awslabs(SHORT_LEASE, false);
    try (Operator operator =
        Operator.of(dynamo.sync(), new Operator.Target(table, "key", null, "carol@ops"))) {
      assertThat(kinesisLook(next, key)).isFalse();

      LockBreaker.Shown shown =
          new LockBreaker.Shown(
              LockKey.of(key),
              OptionalLong.empty(),
              Optional.of(dead.getRecordVersionNumber()),
              "its consumer was killed");
      LockBreaker.Result result = operator.breaker(text -> {}).breakGently(shown, Duration.ZERO);

      assertThat(result.end()).isEqualTo(LockBreaker.End.BROKEN);
      assertThat(kinesisLook(next, key)).isTrue();
    }
  }
}
