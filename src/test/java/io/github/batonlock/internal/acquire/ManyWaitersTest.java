package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.runtime.LivePlatform;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.Platforms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Ten thousand futures that wait for a thousand locks, on real threads. */
class ManyWaitersTest {
  private static final int KEYS = 1_000;
  private static final int WAITERS_PER_KEY = 10;

  private final InMemoryLockStore table = new InMemoryLockStore();
  private final AtomicInteger inOrder = new AtomicInteger();

  private LockClient client() {
    return DefaultLockClient.start(
        new ClientConfig.Draft("locks").build(),
        new LivePlatform(null, null, Platforms.THREADS),
        table,
        null);
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("baton-"))
        .count();
  }

  @Test
  void waiters_costNoThreadEach_andGetTheirLocksInOrder() throws Exception {
    try (LockClient holder = client();
        LockClient waiting = client()) {
      List<HeldLock> held = new ArrayList<>();
      for (int key = 0; key < KEYS; key++) {
        held.add(holder.acquire("k" + key));
      }
      long before = threads();
      List<CompletableFuture<Void>> turns = new ArrayList<>();
      for (int number = 0; number < WAITERS_PER_KEY; number++) {
        for (int key = 0; key < KEYS; key++) {
          int mine = number;
          LockRequest request = LockRequest.builder().key("k" + key).waitForever().build();
          long firstToken = held.get(key).fencingToken() + 1;
          turns.add(
              waiting
                  .acquireAsync(request)
                  .thenCompose(
                      lock -> {
                        inOrder.addAndGet(lock.fencingToken() == firstToken + mine ? 1 : 0);
                        return lock.closeAsync();
                      }));
        }
      }

      // Callback threads may run a completion each; the table answers on the loop.
      assertThat(threads() - before).isLessThan(100);
      assertThat(turns).noneMatch(CompletableFuture::isDone);
      held.forEach(HeldLock::closeAsync);

      for (CompletableFuture<Void> turn : turns) {
        Eventually.get(turn);
      }
      assertThat(inOrder).hasValue(KEYS * WAITERS_PER_KEY);
    }
  }
}
