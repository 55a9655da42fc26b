package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each operation costs, in requests that leave the SDK. */
class RequestCountIT extends TableFixture {
  private final RequestCounter counter = new RequestCounter();

  private LockClient counted(Sdk sdk) {
    counter.reset();
    return counted(sdk, counter);
  }

  @ParameterizedTest
  @EnumSource
  void acquire_uncontended_isOneWriteAndNoRead(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          String key = newKey();
          client.acquire(key).close();
          counter.reset();

          HeldLock ofExisting = client.acquire(key);
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          HeldLock ofNew = client.acquire(newKey());
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 2));

          assertThat(ofExisting.isHeld()).isTrue();
          assertThat(ofNew.isHeld()).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void close_keepingTheItem_isOneUpdate(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          String key = newKey();
          HeldLock lock = client.acquire(key);
          counter.reset();

          lock.close();
          lock.close();

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(isReleased(key)).isTrue();
        });
  }

  @ParameterizedTest
  @EnumSource
  void close_keepingTheLockClosed_isOneUpdate(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          String key = newKey();
          HeldLock lock =
              client.acquire(LockRequest.builder(key).holdAtLeast(Duration.ofMinutes(5)).build());
          counter.reset();

          lock.close();
          lock.close();

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(isReleased(key)).isFalse();
          assertThat(row(key)).containsEntry("keptClosed", s("1"));
        });
  }

  @ParameterizedTest
  @EnumSource
  void close_deletingTheItem_isOneDelete(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          String key = newKey();
          HeldLock lock = client.acquire(LockRequest.builder(key).deleteOnRelease(true).build());
          counter.reset();

          lock.close();

          assertThat(counter.counts()).isEqualTo(Map.of("DeleteItem", 1));
          assertThat(row(key)).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource
  void acquire_lostRace_isOneWriteThatTellsWhoHoldsIt(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient holder = thatKnowsTheTablesClock(client());
          String key = newKey();
          HeldLock held = holder.acquire(key);
          LockClient loser = counted(sdk);

          LockNotAcquiredException lost =
              catchThrowableOfType(
                  LockNotAcquiredException.class,
                  () -> loser.acquire(LockRequest.builder(key).waitUpTo(Duration.ZERO).build()));

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(lost.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
          LockInfo seen = lost.holder().orElseThrow();
          assertThat(seen.ownerName()).isEqualTo(holder.ownerName());
          assertThat(seen.fencingToken()).hasValue(held.fencingToken());
          assertThat(seen.leaseDuration()).isEqualTo(Duration.ofMinutes(10));
          assertThat(lost).hasMessageContaining(key).hasMessageContaining(holder.ownerName());
        });
  }

  @ParameterizedTest
  @EnumSource
  void tryAcquire_lostRace_isOneWriteAndEmpty(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          String key = newKey();
          HeldLock held = thatKnowsTheTablesClock(client()).acquire(key);
          LockClient loser = counted(sdk);

          assertThat(loser.tryAcquire(key)).isEmpty();

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(held.isHeld()).isTrue();
        });
  }

  /** The first request of the holder's process was the grant: the item says nothing of its time. */
  @ParameterizedTest
  @EnumSource
  void tryAcquire_lostRaceAgainstAFreshProcess_isOneMarkMore_once(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          String key = newKey();
          HeldLock held = client().acquire(key);
          LockClient loser = counted(sdk);

          assertThat(loser.tryAcquire(key)).isEmpty();
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 2));
          assertThat(row(key)).containsKey("sentBefore");
          counter.reset();

          assertThat(loser.tryAcquire(key)).isEmpty();
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(held.isHeld()).isTrue();
        });
  }

  /** Any answer tells the time: the versions that the client writes from then on are stamped. */
  private LockClient thatKnowsTheTablesClock(LockClient client) {
    assertThat(client.inspect(newKey())).isEmpty();
    return client;
  }

  @ParameterizedTest
  @EnumSource
  void tryAcquire_ofALockOfItsOwnClient_isNoRequest(Sdk sdk) throws Exception {
    LockClient client = counted(sdk);
    String key = newKey();
    HeldLock held = client.acquire(key);
    counter.reset();

    for (int i = 0; i < 40; i++) {
      assertThat(client.tryAcquire(key)).isEmpty();
    }

    assertThat(counter.counts()).isEmpty();
    assertThat(held.isHeld()).isTrue();
  }

  /** Regression: 2,058 writes for 281 grants. */
  @ParameterizedTest
  @EnumSource
  void tryAcquire_byManyThreadsOfOneClient_isTwoWritesAGrant_andNoneForARefusal(Sdk sdk)
      throws Exception {
    counter.measure(() -> tryAcquire_byManyThreads(sdk));
  }

  private void tryAcquire_byManyThreads(Sdk sdk) throws Exception {
    LockClient client = counted(sdk);
    String key = newKey();
    List<CompletableFuture<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(inBackground(() -> grantsOf50Tries(client, key)));
    }
    int granted = 0;
    for (CompletableFuture<Integer> thread : threads) {
      granted += Eventually.get(thread);
    }

    assertThat(granted).isPositive();
    assertThat(counter.counts()).containsOnlyKeys("UpdateItem");
    assertThat(counter.of("UpdateItem")).isLessThanOrEqualTo(2 * granted);
  }

  private static int grantsOf50Tries(LockClient client, String key) throws InterruptedException {
    int granted = 0;
    for (int i = 0; i < 50; i++) {
      Optional<HeldLock> lock = client.tryAcquire(key);
      if (lock.isPresent()) {
        granted++;
        lock.get().close();
      }
    }
    return granted;
  }

  @ParameterizedTest
  @EnumSource
  void close_withAWaiterInTheSameClient_isOneUpdateForBoth(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          String key = newKey();
          HeldLock first = client.acquire(key);
          CompletableFuture<HeldLock> waiting = client.acquireAsync(LockRequest.of(key));
          counter.reset();

          first.close();
          HeldLock next = Eventually.get(waiting);

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          assertThat(next.isHeld()).isTrue();
          assertThat(next.fencingToken()).isEqualTo(first.fencingToken() + 1);
        });
  }

  @ParameterizedTest
  @EnumSource
  void sharedLocks_areOneWriteEach_andFreedByOneForAll(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          List<String> keys = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            String key = newKey();
            keys.add(key);
            HeldLock lock =
                client.acquire(LockRequest.builder(key).leases(Leases.shared()).build());
            assertThat(lock.isHeld()).isTrue();
          }
          // The first of them opens the session.
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 101));
          counter.reset();

          client.close();

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 1));
          LockClient other = client();
          for (String key : keys) {
            assertThat(other.tryAcquire(key)).isPresent();
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void inspect_anyItemOrNone_isOneRead(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          String key = newKey();
          client().acquire(key);
          LockClient client = counted(sdk);

          assertThat(client.inspect(LockKey.of(key))).isPresent();
          assertThat(counter.counts()).isEqualTo(Map.of("GetItem", 1));
          assertThat(client.inspect(LockKey.of(newKey()))).isEmpty();
          assertThat(counter.counts()).isEqualTo(Map.of("GetItem", 2));
        });
  }

  @ParameterizedTest
  @EnumSource
  void close_ofClientWithLocks_isOneWritePerLock(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          LockClient client = counted(sdk);
          client.acquire(newKey());
          client.acquire(newKey());
          client.acquire(newKey());
          counter.reset();

          client.close();

          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 3));
        });
  }

  @ParameterizedTest
  @EnumSource
  void heldLock_whileRenewed_sendsOneUpdatePerInterval(Sdk sdk) throws Exception {
    counter.measure(
        () -> {
          Duration interval = Duration.ofSeconds(1);
          long start = System.nanoTime();
          LockClient client =
              client(
                  sdk,
                  counter,
                  builder ->
                      builder.leaseDuration(Duration.ofMinutes(1)).heartbeatInterval(interval));
          HeldLock lock = client.acquire(newKey());
          counter.reset();

          Eventually.until("four heartbeats were sent", () -> counter.of("UpdateItem") >= 4);
          Map<String, Integer> sent = counter.counts();
          long elapsed = System.nanoTime() - start;
          lock.close();
          client.close();

          // The first one is due after a quarter of an interval at the earliest.
          double most = elapsed / (double) interval.toNanos() + 0.75 + 0.01;
          assertThat(sent).containsOnlyKeys("UpdateItem");
          assertThat(sent.get("UpdateItem")).isLessThanOrEqualTo((int) most);
        });
  }
}
