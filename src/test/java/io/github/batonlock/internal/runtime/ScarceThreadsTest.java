package io.github.batonlock.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.store.LockStore;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import io.github.batonlock.support.Stalls;
import io.github.batonlock.support.Throwing;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole clients on real threads, with executors that throw, and where threads run out. */
@Timeout(60)
class ScarceThreadsTest implements LockListener {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int CALLERS = 200;

  private final InMemoryLockStore table = new InMemoryLockStore();
  private final Queue<Revocation> lost = new ConcurrentLinkedQueue<>();
  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private Duration closeTimeout = LONG;
  private @Nullable LockClient client;

  @AfterEach
  void close() {
    if (client != null) {
      client.close();
    }
  }

  @Override
  public void acquired(HeldLock lock) {
    told.add("acquired");
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    told.add("revoked " + revocation.reason());
  }

  private LockClient client(@Nullable Executor callbacks, Scarce threads) {
    return client(callbacks, threads, table);
  }

  private LockClient client(@Nullable Executor callbacks, Scarce threads, LockStore store) {
    ClientConfig.Draft draft = new ClientConfig.Draft("locks");
    draft.leaseDuration = Duration.ofMinutes(10);
    draft.heartbeatInterval = Duration.ofMillis(50);
    draft.closeTimeout = closeTimeout;
    LockClient started =
        DefaultLockClient.start(
            draft.build(),
            new LivePlatform(null, callbacks, Platforms.THREADS, threads::limit),
            store,
            this);
    client = started;
    return started;
  }

  private static List<Throwable> kinds() {
    return Throwing.kinds().toList();
  }

  private static LockRequest soon(String key) {
    return LockRequest.builder().key(key).waitUpTo(LONG).build();
  }

  @Test
  void loss_whileNoThreadCanBeMade_isToldWhenOneCan_andTheLockCanBeAcquiredAgain()
      throws Exception {
    Scarce threads = Scarce.of(0);
    LockClient started = client(null, threads);
    HeldLock lock = started.acquire(soon("k")).onRevoked(lost::add);
    table.removeRow(LockKey.of("k"));
    Eventually.until("revoked", LONG, () -> lock.revocation().isPresent());
    HeldLock again = started.acquire(soon("k"));
    assertThat(again.isHeld()).isTrue();
    assertThat(lost).isEmpty();
    assertThat(told).isEmpty();

    // One for a request, and one for all callbacks.
    threads.allow(2);

    Eventually.until("told", LONG, () -> told.size() == 3);
    assertThat(told).containsExactlyInAnyOrder("acquired", "revoked ITEM_DELETED", "acquired");
    assertThat(lost).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everything_whileTheExecutorThrows_goesOn(Throwable thrown) throws Exception {
    LockClient started = client(task -> Throwing.sneaky(thrown), Scarce.of(1_000));
    HeldLock lock = started.acquire(soon("k")).onRevoked(lost::add);
    HeldLock other = started.acquireAsync(soon("l")).get(30, TimeUnit.SECONDS);
    other.closeAsync().get(30, TimeUnit.SECONDS);
    table.removeRow(LockKey.of("k"));
    Eventually.until("told", LONG, () -> lost.size() == 1);
    assertThat(lock.isHeld()).isFalse();
    assertThat(started.tryAcquire("k")).isPresent();
    long began = System.nanoTime();

    started.close();

    assertThat(System.nanoTime() - began)
        .as("callbacks get half of it")
        .isLessThan(LONG.toNanos() / 2);
  }

  /** A callback that waits for the loop would stop it for ever there. */
  @Test
  void callback_whoseExecutorRunsItOnTheCallingThread_mayUseTheLock() throws Exception {
    LockClient started = client(Runnable::run, Scarce.of(1_000));
    HeldLock lock = started.acquire(soon("k"));
    CompletableFuture<HeldLock> again = new CompletableFuture<>();
    lock.onRevoked(
        loss -> {
          lock.close();
          try {
            again.complete(started.acquire(soon("k")));
          } catch (InterruptedException e) {
            again.completeExceptionally(e);
          }
        });
    table.removeRow(LockKey.of("k"));

    assertThat(again.get(30, TimeUnit.SECONDS).isHeld()).isTrue();
  }

  @Test
  void close_whileNoThreadCanEverBeMade_endsInTime_andTellsAllTheSame() throws Exception {
    closeTimeout = Duration.ofSeconds(2);
    Stalls.measure(this::closesInTime_andTellsAllTheSame);
  }

  private void closesInTime_andTellsAllTheSame() throws Exception {
    lost.clear();
    LockClient started = client(null, Scarce.of(0));
    HeldLock lock = started.acquire(soon("k"));
    lock.onRevoked(lost::add);
    long began = System.nanoTime();

    started.close();

    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.SECONDS.toNanos(3));
    Eventually.until("told", LONG, () -> lost.size() == 1);
    assertThat(table.row(LockKey.of("k"))).containsKey("isReleased");
  }

  @Test
  void attempt_whoseFutureTimesOut_endsAndStandsInNobodysWay() throws Exception {
    LockClient started = client(null, Scarce.of(1_000));
    HeldLock lock = started.acquire(soon("k"));
    LockRequest patient = LockRequest.builder().key("k").waitForever().build();
    List<CompletableFuture<HeldLock>> abandoned = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      abandoned.add(started.acquireAsync(patient).orTimeout(50, TimeUnit.MILLISECONDS));
    }
    Eventually.until(
        "timed out", LONG, () -> abandoned.stream().allMatch(CompletableFuture::isDone));
    CompletableFuture<HeldLock> living = started.acquireAsync(patient);
    int before = table.writes();
    lock.close();
    HeldLock handedOn = living.get(30, TimeUnit.SECONDS);
    int writes = table.writes() - before;
    int heartbeats = table.count(InMemoryLockStore.Operation.HEARTBEAT);

    assertThat(handedOn.isHeld()).isTrue();
    assertThat(writes).isLessThan(10 + heartbeats);
  }

  @Test
  void callers_whoAllFailForOneCause_haveAnExceptionEach() throws Exception {
    LockClient started = client(null, Scarce.of(1_000), failingToOpenSessions());
    CountDownLatch ready = new CountDownLatch(CALLERS);
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      LockRequest request =
          LockRequest.builder().key("k" + i).leases(Leases.shared()).waitForever().build();
      Thread caller =
          new Thread(
              () -> {
                ready.countDown();
                try {
                  started.acquire(request).close();
                } catch (Throwable t) {
                  thrown.add(t);
                }
              });
      caller.start();
      callers.add(caller);
    }
    ready.await();
    opening
        .get()
        .completeExceptionally(
            new LockStoreException(LockStoreException.Kind.ACCESS_DENIED, false, "no", null));
    for (Thread caller : callers) {
      caller.join(LONG.toMillis());
    }

    Set<Throwable> each = Collections.newSetFromMap(new IdentityHashMap<>());
    each.addAll(thrown);
    assertThat(each).hasSize(CALLERS).hasOnlyElementsOfType(LockStoreException.class);
    // Where each of them waited.
    assertThat(each).allMatch(failure -> failure.getSuppressed().length == 1);
  }

  private final AtomicReference<CompletableFuture<Object>> opening =
      new AtomicReference<>(new CompletableFuture<>());

  /** The opening of a session is answered when the test says so, and refused. */
  private LockStore failingToOpenSessions() {
    return (LockStore)
        Proxy.newProxyInstance(
            LockStore.class.getClassLoader(),
            new Class<?>[] {LockStore.class},
            (proxy, method, arguments) -> {
              if (arguments[0] instanceof LockWrite.Open) {
                return opening.get();
              }
              try {
                return method.invoke(table, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
