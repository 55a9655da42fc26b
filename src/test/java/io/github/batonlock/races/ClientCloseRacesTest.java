package io.github.batonlock.races;

import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.support.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that are closed while other threads use them, on real threads and a table in memory.
 *
 * <p>Each call ends, with a result or as documented; what a closed client held is free, its holders
 * were told once, and nothing of it goes on. There is no more to an order of events here than the
 * chance that it happens: rounds make the difference.
 */
@Timeout(900)
class ClientCloseRacesTest {
  private static final int ROUNDS = 50 * Rounds.FACTOR;
  private static final int USERS = 4;
  private static final Duration LONG = Duration.ofMinutes(2);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void close_whileOthersUseTheClient_endsEveryCallAndLeavesNothing() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      InMemoryLockStore table = new InMemoryLockStore();
      AtomicInteger working = new AtomicInteger();
      ClientUnderLoad first = new ClientUnderLoad("a", table, threads, working);
      ClientUnderLoad second = new ClientUnderLoad("b", table, threads, working);
      CyclicBarrier start = new CyclicBarrier(2 * USERS + 1);
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < USERS; i++) {
        all.add(start(start, first::useUntilClosed));
        all.add(start(start, second::useUntilClosed));
      }
      all.add(start(start, () -> closeBoth(first, second)));
      for (CompletableFuture<Void> each : all) {
        Eventually.get(each, LONG);
      }
      first.verifyClosed();
      second.verifyClosed();
      second.verifyFree("shared");
      second.verifyFree("work");
    }
  }

  /** The second goes on for a while with what the first has given back. */
  private static void closeBoth(ClientUnderLoad first, ClientUnderLoad second) {
    for (int i = 0; i < 30; i++) {
      Rounds.dawdle();
    }
    first.close();
    for (int i = 0; i < 30; i++) {
      Rounds.dawdle();
    }
    second.close();
  }

  private interface Part {
    void run() throws Exception;
  }

  private CompletableFuture<Void> start(CyclicBarrier start, Part part) {
    Callable<Void> together =
        () -> {
          start.await();
          part.run();
          return null;
        };
    return CompletableFuture.runAsync(
        () -> {
          try {
            Void unused = together.call();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        },
        threads);
  }
}
