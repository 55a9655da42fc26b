package io.github.batonlock.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LossyHttpClient;
import io.github.batonlock.support.LossyHttpClient.Fault;
import io.github.batonlock.support.RequestCounter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that compete for locks, give up, and are closed. */
class TwoClientsIT extends TableFixture {

  @Test
  void lock_contendedByManyThreadsOfFourClients_isHeldByOneAtATime() throws Exception {
    int threadsPerClient = 3;
    int turns = 8;
    String key = newKey();
    AtomicInteger unprotected = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    List<Long> tokens = Collections.synchronizedList(new ArrayList<>());
    List<CompletableFuture<Void>> workers = new ArrayList<>();
    for (Sdk sdk : List.of(Sdk.SYNC, Sdk.ASYNC, Sdk.SYNC, Sdk.ASYNC)) {
      LockClient client =
          client(
              sdk,
              b ->
                  b.leaseDuration(Duration.ofSeconds(10))
                      .heartbeatInterval(Duration.ofMillis(500)));
      for (int i = 0; i < threadsPerClient; i++) {
        workers.add(
            inBackground(
                () -> {
                  for (int turn = 0; turn < turns; turn++) {
                    try (HeldLock lock =
                        client.acquire(LockRequest.builder(key).waitForever().build())) {
                      if (inside.incrementAndGet() != 1) {
                        overlaps.incrementAndGet();
                      }
                      tokens.add(lock.fencingToken());
                      int seen = unprotected.get();
                      unprotected.set(seen + 1);
                      inside.decrementAndGet();
                    }
                  }
                  return null;
                }));
      }
    }
    for (CompletableFuture<Void> worker : workers) {
      Eventually.get(worker, Duration.ofMinutes(4));
    }

    int expected = 4 * threadsPerClient * turns;
    assertThat(overlaps).hasValue(0);
    assertThat(unprotected).hasValue(expected);
    assertThat(tokens).hasSize(expected).isSorted().doesNotHaveDuplicates();
    assertThat(tokens.get(expected - 1) - tokens.get(0))
        .as("tokens grow by one with each holder")
        .isEqualTo(expected - 1);
  }

  @Test
  void acquireAsync_cancelledWhileWaiting_leavesNothingBehind() throws Exception {
    String key = newKey();
    HeldLock held = client().acquire(key);
    CompletableFuture<HeldLock> waiting =
        client().acquireAsync(LockRequest.builder(key).waitForever().build());

    waiting.cancel(false);
    held.close();

    HeldLock next = Eventually.get(client().acquireAsync(LockRequest.of(key)));
    // A write that was on its way may have landed, and been undone.
    assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
    next.ensureHeld();
    assertThat(waiting).isCancelled();
  }

  @ParameterizedTest
  @EnumSource
  void acquireAsync_cancelledAtAnyPoint_leavesTheLockFree(Sdk sdk) throws Exception {
    RequestCounter counter = new RequestCounter();
    counter.measure(
        () -> {
          LockClient hasty = client(sdk, counter, b -> b.leaseDuration(Duration.ofMinutes(10)));
          List<String> keys = new ArrayList<>();
          CountDownLatch sent = new CountDownLatch(1);
          for (int i = 0; i < 40; i++) {
            String key = newKey();
            keys.add(key);
            CompletableFuture<HeldLock> attempt = hasty.acquireAsync(LockRequest.of(key));
            if (i % 2 == 1) {
              boolean unused = sent.await(i * 100L, TimeUnit.MICROSECONDS);
            }
            if (!attempt.cancel(false)) {
              attempt.join().close();
            }
          }
          LockClient other = client();
          for (String key : keys) {
            HeldLock lock = Eventually.get(other.acquireAsync(LockRequest.of(key)));
            assertThat(lock.isHeld()).isTrue();
          }
        });
  }

  @Test
  void acquire_interruptedWhileWaiting_throwsAndDoesNotGetTheLockLater() throws Exception {
    String key = newKey();
    HeldLock held = client().acquire(key);
    LockClient client = client();
    CompletableFuture<Boolean> flagAfter = new CompletableFuture<>();
    Thread waiter =
        startThread(
            () -> {
              try {
                HeldLock lock = client.acquire(LockRequest.builder(key).waitForever().build());
                flagAfter.completeExceptionally(new AssertionError("acquired " + lock));
              } catch (InterruptedException e) {
                flagAfter.complete(Thread.currentThread().isInterrupted());
              } catch (RuntimeException e) {
                flagAfter.completeExceptionally(e);
              }
            });
    Eventually.until("the thread waits", () -> waiter.getState() == Thread.State.WAITING);

    waiter.interrupt();

    assertThat(Eventually.get(flagAfter)).isFalse();
    held.close();
    HeldLock next = Eventually.get(client().acquireAsync(LockRequest.of(key)));
    // A write that was on its way may have landed, and been undone.
    assertThat(next.fencingToken()).isGreaterThan(held.fencingToken());
    next.ensureHeld();
  }

  @ParameterizedTest
  @EnumSource
  void acquire_interruptedOnTheWay_leavesTheLockFree(Sdk sdk) throws Exception {
    RequestCounter counter = new RequestCounter();
    counter.measure(
        () -> {
          LockClient hasty = client(sdk, counter, b -> b.leaseDuration(Duration.ofMinutes(10)));
          for (int i = 0; i < 20; i++) {
            String key = newKey();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> hasty.acquire(key)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            HeldLock lock = Eventually.get(client().acquireAsync(LockRequest.of(key)));
            assertThat(lock.isHeld()).isTrue();
          }
        });
  }

  @Test
  void tryAcquire_ofDeadHoldersLock_takesItOnceWatchedForALease() throws Exception {
    String key = newKey();
    LockClient watcher = client();
    long token = 41;
    putRow(heldByTheDead(key, "1500", token));

    long beforeFirstLook = System.nanoTime();
    assertThat(watcher.tryAcquire(key)).isEmpty();
    LinkedBlockingQueue<HeldLock> taken = new LinkedBlockingQueue<>();
    Eventually.until(
        "the lock is taken", () -> watcher.tryAcquire(key).map(taken::offer).orElse(false));

    assertThat(Duration.ofNanos(System.nanoTime() - beforeFirstLook))
        .as("a foreign version is watched for 1.25 leases")
        .isGreaterThan(Duration.ofMillis(1875));
    assertThat(taken.remove().fencingToken()).isEqualTo(token + 1);
  }

  private static java.util.Map<
          String, software.amazon.awssdk.services.dynamodb.model.AttributeValue>
      heldByTheDead(String key, String lease, long token) {
    return Map.of(
        "key", s(key),
        "ownerName", s("dead"),
        "leaseDuration", s(lease),
        "recordVersionNumber", s("foreign"),
        "fencingToken", n(Long.toString(token)));
  }

  // Closing a client

  @ParameterizedTest
  @EnumSource
  void close_withHeldLocksAndWaiters_tellsThemThenReleasesThenEndsItsThreads(Sdk sdk)
      throws Exception {
    AtomicReference<String> itsThreads = new AtomicReference<>();
    List<String> keys = List.of(newKey(), newKey(), newKey());
    LockClient client = client(sdk, b -> b.leaseDuration(Duration.ofMinutes(10)));
    List<Revocation> told = Collections.synchronizedList(new ArrayList<>());
    List<String> releasedTooEarly = Collections.synchronizedList(new ArrayList<>());
    List<HeldLock> locks = new ArrayList<>();
    for (String key : keys) {
      HeldLock lock = client.acquire(key);
      lock.onRevoked(
          revocation -> {
            itsThreads.set(threadsOfThisClient());
            if (isReleased(key)) {
              releasedTooEarly.add(key);
            }
            told.add(revocation);
          });
      locks.add(lock);
    }
    String wanted = newKey();
    // Held by somebody else, long enough.
    LockClient other = client();
    HeldLock others = other.acquire(wanted);
    AtomicReference<Thread> waiterThread = new AtomicReference<>();
    CompletableFuture<HeldLock> blocked =
        inBackground(
            () -> {
              waiterThread.set(Thread.currentThread());
              return client.acquire(LockRequest.builder(wanted).waitForever().build());
            });
    CompletableFuture<HeldLock> async =
        client.acquireAsync(LockRequest.builder(wanted).waitForever().build());
    Eventually.until(
        "the thread waits",
        () -> waiterThread.get() != null && waiterThread.get().getState() == Thread.State.WAITING);

    client.close();

    assertThat(told)
        .extracting(Revocation::reason)
        .containsOnly(Revocation.Reason.CLIENT_CLOSED)
        .hasSize(3);
    assertThat(releasedTooEarly).isEmpty();
    assertThat(keys).allMatch(this::isReleased);
    assertThat(locks)
        .allSatisfy(
            lock -> {
              assertThat(lock.isHeld()).isFalse();
              assertThatThrownBy(lock::ensureHeld).isInstanceOf(LockRevokedException.class);
              lock.close();
            });
    for (CompletableFuture<HeldLock> waiter : List.of(blocked, async)) {
      assertThatThrownBy(() -> Eventually.get(waiter))
          .isInstanceOfSatisfying(
              LockNotAcquiredException.class,
              e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.CLIENT_CLOSED));
    }
    assertThat(others.isHeld()).isTrue();
    other.close();
    Eventually.until("all threads have ended", () -> threadsNamed(itsThreads.get()).isEmpty());
    client.close();
  }

  @Test
  void everyCall_afterClose_throwsIllegalState() {
    LockClient client = client();
    client.close();

    assertThatThrownBy(() -> client.acquire("k")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.tryAcquire("k")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.acquireAsync(LockRequest.of("k")).join())
        .hasCauseExactlyInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.runLocked("k", lock -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.inspect(LockKey.of("k")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(client::listLocks).isInstanceOf(IllegalStateException.class);
    assertThat(row("k")).isEmpty();
  }

  @Test
  void calls_thatRaceWithClose_allEnd() throws Exception {
    for (int round = 0; round < 160; round++) {
      LockClient client = client(Sdk.ASYNC, b -> b.leaseDuration(Duration.ofMinutes(10)));
      CyclicBarrier start = new CyclicBarrier(2);
      String key = newKey();
      int kind = round % 4;
      CompletableFuture<String> call =
          inBackground(
              () -> {
                start.await();
                spinUpToMicros(200);
                return switch (kind) {
                  case 0 -> outcome(() -> client.acquire(key));
                  case 1 -> outcome(() -> client.tryAcquire(key).orElseThrow());
                  case 2 -> outcome(() -> client.inspect(LockKey.of(key)));
                  default -> outcome(() -> client.acquireAsync(LockRequest.of(key)).get());
                };
              });
      start.await();
      spinUpToMicros(200);
      client.close();
      assertThat(call).as("round %d, kind %d", round, kind).succeedsWithin(Eventually.SOON);
    }
  }

  /** Moves the two sides of a race against each other. */
  private static void spinUpToMicros(int micros) {
    long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(micros * 1000);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private static String outcome(Callable<?> call) {
    try {
      return "done: " + call.call();
    } catch (Exception e) {
      return e.toString();
    }
  }

  @Test
  void close_ofLockThatRacesWithCloseOfClient_ends() throws Exception {
    for (int round = 0; round < 30; round++) {
      LockClient client = client();
      HeldLock lock = client.acquire(newKey());
      CyclicBarrier start = new CyclicBarrier(2);
      CompletableFuture<Void> closed =
          inBackground(
              () -> {
                start.await();
                lock.close();
                return null;
              });
      start.await();
      CompletableFuture<Void> clientClosed =
          inBackground(
              () -> {
                client.close();
                return null;
              });
      Eventually.get(closed);
      Eventually.get(clientClosed);
      assertThat(isReleased(lock.key().partitionKey())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void close_with200Locks_releasesThemAllWithinItsBound(Sdk sdk) throws Exception {
    Duration bound = Duration.ofSeconds(30);
    LockClient client =
        client(sdk, b -> b.leaseDuration(Duration.ofMinutes(10)).closeTimeout(bound));
    Set<String> keys = acquireMany(client, 200);

    long start = System.nanoTime();
    client.close();
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    assertThat(took).isLessThan(bound);
    Set<String> free = new HashSet<>();
    client()
        .listLocks()
        .filter(lock -> lock.liveness() == Liveness.FREE)
        .forEach(lock -> free.add(lock.key().partitionKey()));
    assertThat(free).containsAll(keys);
  }

  private static Set<String> acquireMany(LockClient client, int count) throws Exception {
    Set<String> keys = new HashSet<>();
    List<CompletableFuture<HeldLock>> locks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = newKey();
      keys.add(key);
      locks.add(client.acquireAsync(LockRequest.of(key)));
    }
    for (CompletableFuture<HeldLock> lock : locks) {
      Eventually.get(lock, Duration.ofSeconds(60));
    }
    return keys;
  }

  @Test
  void close_whileAReleaseIsUnderWay_tellsTheListenerBeforeItReturns() throws Exception {
    LossyHttpClient network = LossyHttpClient.create();
    List<String> toldOn = Collections.synchronizedList(new ArrayList<>());
    LockClient client =
        client(
            sdkOver(network, true),
            b ->
                b.leaseDuration(Duration.ofMinutes(10))
                    .listener(
                        new LockListener() {
                          @Override
                          public void released(HeldLock lock) {
                            toldOn.add(Thread.currentThread().getName());
                          }
                        }));
    HeldLock lock = client.acquire(newKey());
    network.next(1, "UpdateItem", Fault.hangAfterDoing());
    CompletableFuture<Void> released = lock.closeAsync();

    client.close();

    Eventually.get(released);
    assertThat(toldOn).singleElement(InstanceOfAssertFactories.STRING).contains("-callback-");
    assertThat(toldOn.get(0)).as("its own executor").doesNotContain("fallback");
  }

  @Test
  void close_withCallbackThatBlocks_ends() throws Exception {
    LockClient client =
        client(b -> b.leaseDuration(Duration.ofMinutes(10)).closeTimeout(Duration.ofSeconds(10)));
    String key = newKey();
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger others = new AtomicInteger();
    client
        .acquire(key)
        .onRevoked(
            revocation -> {
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    client
        .acquire(newKey())
        .onRevoked(
            revocation -> {
              throw new IllegalStateException("a callback that fails (part of the test)");
            })
        .onRevoked(revocation -> others.incrementAndGet());

    CompletableFuture<Void> closed =
        inBackground(
            () -> {
              client.close();
              return null;
            });

    Eventually.get(closed);
    assertThat(others).hasValue(1);
    assertThat(isReleased(key)).isTrue();
  }

  @Test
  void inspect_ofOwnOthersAndFreeLocks_tellsTheirState() throws Exception {
    LockClient client = client();
    String key = newKey();
    HeldLock lock = client.acquire(key);
    Optional<LockInfo> own = client.inspect(LockKey.of(key));
    assertThat(own).hasValueSatisfying(i -> assertThat(i.liveness()).isEqualTo(Liveness.ALIVE));
    lock.close();
    Optional<LockInfo> free = client.inspect(LockKey.of(key));
    assertThat(free)
        .hasValueSatisfying(
            info -> {
              assertThat(info.liveness()).isEqualTo(Liveness.FREE);
              assertThat(info.ownerName()).isEqualTo(client.ownerName());
              assertThat(info.fencingToken()).hasValue(lock.fencingToken());
            });
  }
}
