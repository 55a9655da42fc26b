package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.Hold;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Readers and writers on a real table, with real clients and threads. */
class SharedExclusiveLockIT extends RealClients {

  @Test
  void reader_isTwoReadsAndAWrite_andWriterAWriteForEachPart() throws Exception {
    counter.measure(
        () -> {
          SharedExclusiveLock lock = SharedExclusiveLock.of(counted(), LockRequest.of(newKey()), 4);
          try (Hold reader = lock.tryAcquireShared().orElseThrow()) {
            assertThat(reader.isHeld()).isTrue();
            assertThat(counter.counts()).isEqualTo(Map.of("GetItem", 2, "UpdateItem", 1));
          }
          counter.reset();
          try (Hold writer = lock.tryAcquireExclusive().orElseThrow()) {
            assertThat(writer.isHeld()).isTrue();
            assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 5));
          }
          assertThat(counter.counts()).isEqualTo(Map.of("UpdateItem", 10));
        });
  }

  @Test
  void writer_ofManyThreadsInManyClients_isNeverBesideAnybody() throws Exception {
    AtomicInteger readers = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      LockClient client = client();
      SharedExclusiveLock lock = SharedExclusiveLock.of(client, LockRequest.of("many"), 4);
      for (int t = 0; t < 3; t++) {
        boolean writes = t == 0;
        CompletableFuture<Void> done = new CompletableFuture<>();
        all.add(done);
        Runnable work =
            () -> {
              try {
                for (int i = 0; i < 5; i++) {
                  enter(client, lock, writes, readers, writers, wrong);
                }
                done.complete(null);
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            };
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
      }
    }
    for (CompletableFuture<Void> each : all) {
      Eventually.get(each);
    }
    assertThat(wrong).hasValue(0);
  }

  private static void enter(
      LockClient client,
      SharedExclusiveLock lock,
      boolean writes,
      AtomicInteger readers,
      AtomicInteger writers,
      AtomicInteger wrong)
      throws InterruptedException {
    Duration wait = Duration.ofMinutes(1);
    try (Hold held = writes ? lock.acquireExclusive(wait) : lock.acquireShared(wait)) {
      (writes ? writers : readers).incrementAndGet();
      // Something that takes a while.
      assertThat(client.inspect(LockKey.of("many/0"))).isNotNull();
      held.ensureHeld();
      int others = writes ? readers.get() + writers.get() - 1 : writers.get();
      wrong.addAndGet(others);
      (writes ? writers : readers).decrementAndGet();
    }
  }
}
