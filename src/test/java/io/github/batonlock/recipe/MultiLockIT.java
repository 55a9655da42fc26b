package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.recipe.MultiLock.HeldLocks;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several locks at once on a real table, with real clients and threads. */
class MultiLockIT extends RealClients {

  @Test
  void manyLocks_areOneTransactionAndOneLook_andAReleaseEach() throws Exception {
    counter.measure(
        () -> {
          List<String> keys = IntStream.range(0, 20).mapToObj(i -> newKey()).toList();
          LockClient client = counted();
          // The engine's first transaction may take so long that the SDK sends it twice.
          MultiLock.of(client, newKey(), newKey()).acquire(Duration.ofMinutes(1)).close();
          counter.reset();
          MultiLock locks = MultiLock.of(client, keys.toArray(String[]::new));
          HeldLocks held = locks.tryAcquire().orElseThrow();
          assertThat(counter.counts())
              .isEqualTo(Map.of("TransactWriteItems", 1, "TransactGetItems", 1));
          assertThat(held.isHeld()).isTrue();
          assertThat(held.locks()).allMatch(lock -> lock.fencingToken() > 0);
          held.close();
          assertThat(counter.of("UpdateItem")).isEqualTo(20);
          assertThat(counter.total()).isEqualTo(22);
          assertThat(MultiLock.of(client(), keys.toArray(String[]::new)).tryAcquire()).isPresent();
        });
  }

  @Test
  void heldLock_isNamed_byTheOneTransaction() throws Exception {
    counter.measure(
        () -> {
          LockClient holder = client();
          String key = newKey();
          HeldLock held = holder.acquire(key);
          MultiLock locks = MultiLock.of(counted(), newKey(), key, newKey());
          LockNotAcquiredException refused =
              catchThrowableOfType(
                  LockNotAcquiredException.class, () -> locks.acquire(Duration.ZERO));
          assertThat(refused.key()).isEqualTo(LockKey.of(key));
          assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo(holder.ownerName());
          assertThat(counter.counts()).isEqualTo(Map.of("TransactWriteItems", 1));

          CompletableFuture<HeldLocks> waiting = locks.acquireAsync(Duration.ofMinutes(1));
          held.close();
          assertThat(Eventually.get(waiting).fencingToken(LockKey.of(key)))
              .isEqualTo(held.fencingToken() + 1);
        });
  }

  @Test
  void manyClientsWithOverlappingLocks_areNeverInTwoAtOnce() throws Exception {
    Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
    AtomicInteger wrong = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      List<String> keys = List.of("over-" + c, "over-" + (c + 1) % 3);
      MultiLock locks = MultiLock.of(client(), keys.toArray(String[]::new));
      MultiLock way = c == 2 ? locks.inOrder() : locks;
      CompletableFuture<Void> done = new CompletableFuture<>();
      all.add(done);
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 10; i++) {
                    enter(way, inside, wrong);
                  }
                  done.complete(null);
                } catch (Throwable e) {
                  done.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    for (CompletableFuture<Void> each : all) {
      Eventually.get(each);
    }
    assertThat(wrong).hasValue(0);
  }

  private static void enter(MultiLock locks, Map<String, AtomicInteger> inside, AtomicInteger wrong)
      throws InterruptedException {
    try (HeldLocks held = locks.acquire(Duration.ofMinutes(1))) {
      for (HeldLock lock : held.locks()) {
        AtomicInteger here =
            inside.computeIfAbsent(lock.key().toString(), key -> new AtomicInteger());
        wrong.addAndGet(here.getAndIncrement());
      }
      held.ensureHeld();
      held.locks().forEach(lock -> inside.get(lock.key().toString()).decrementAndGet());
    }
  }
}
