package io.github.batonlock.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockRequest;
import io.github.batonlock.crac.CheckpointedClient;
import io.github.batonlock.internal.client.DefaultLockClient;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.InMemoryLockStore;
import io.github.batonlock.internal.virtual.Machine;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The fault "fork this process": processes that work under one lock are checkpointed at random
 * moments, and restored twice. A copy believes all that the process believed.
 *
 * <p>At no moment two processes believe that they hold the lock, and each copy gets it again. The
 * checker finds processes that keep their client across a checkpoint, and copies whose random
 * generators go on alike.
 */
class ForkTest {
  private static final int SCHEDULES = 20;
  private static final int MOST_PROCESSES = 4;
  private static final Context<Resource> CONTEXT = Core.getGlobalContext();

  /** What a process may do wrong. */
  private enum Mistake {
    KEEPS_ITS_CLIENT,
    SAME_RANDOMNESS
  }

  @Test
  void processes_thatAreForkedAtRandomMoments_excludeEachOther_andGoOn() {
    for (int seed = 1; seed <= SCHEDULES; seed++) {
      Forks forks = new Forks(seed, EnumSet.noneOf(Mistake.class));
      assertThat(forks.run()).as("the most that held the lock, seed %d", seed).isEqualTo(1);
      assertThat(forks.waitsInVain()).as("processes without the lock, seed %d", seed).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void knownMistake_isFound(Mistake mistake) {
    int seed = 1;
    while (seed <= SCHEDULES && new Forks(seed, EnumSet.of(mistake)).run() == 1) {
      seed++;
    }
    assertThat(seed).as("the seed that shows it").isLessThanOrEqualTo(SCHEDULES);
  }

  /** One schedule. */
  private static final class Forks {
    private final VirtualTime time = new VirtualTime();
    private final InMemoryLockStore table = new InMemoryLockStore();
    private final SplittableRandom random;
    private final Set<Mistake> mistakes;
    private final Leases leases;
    private final List<Worker> processes = new ArrayList<>();
    private int clients;
    private long randomState;
    private int most;

    Forks(long seed, Set<Mistake> mistakes) {
      this.random = new SplittableRandom(seed);
      this.mistakes = mistakes;
      this.leases = random.nextBoolean() ? Leases.own() : Leases.shared();
    }

    /** Returns how many processes held the lock at a time. */
    int run() {
      new Worker(new ArrayList<>()).works();
      new Worker(new ArrayList<>()).works();
      while (processes.size() < MOST_PROCESSES) {
        pass(random.nextInt(10_000));
        fork(processes.get(random.nextInt(processes.size())));
      }
      processes.forEach(process -> process.got = false);
      // Each keeps the lock for a second at most.
      pass(30_000);
      processes.forEach(process -> process.over = true);
      return most;
    }

    long waitsInVain() {
      return processes.stream().filter(process -> !process.got).count();
    }

    private void pass(int millis) {
      for (int left = millis; left > 0; left -= 50) {
        time.advance(Duration.ofMillis(Math.min(50, left)));
        most = Math.max(most, (int) processes.stream().filter(Worker::believes).count());
      }
    }

    private void fork(Worker process) {
      Worker copy = new Worker(process.held);
      process.user = null;
      if (!mistakes.contains(Mistake.KEEPS_ITS_CLIENT)) {
        process.locks.beforeCheckpoint(CONTEXT);
      }
      copy.locks.beforeCheckpoint(CONTEXT);
      randomState = random.nextLong();
      process.locks.afterRestore(CONTEXT);
      copy.locks.afterRestore(CONTEXT);
      process.works();
      copy.works();
    }

    private LockClient newClient() {
      boolean alike = mistakes.contains(Mistake.SAME_RANDOMNESS);
      SplittableRandom bits = alike ? new SplittableRandom(randomState) : random.split();
      ClientConfig.Draft draft = new ClientConfig.Draft("locks");
      draft.ownerName = "p" + ++clients;
      draft.leases = leases;
      return DefaultLockClient.start(
          draft.build(), new Machine(time, bits, 1), new FaultyStore(time, table), null);
    }

    /** One process, which works under the lock again and again. */
    private final class Worker {
      final CheckpointedClient locks = new CheckpointedClient(Forks.this::newClient);

      /** What it believes to hold: a copy believes what the process did. */
      final List<HeldLock> held;

      /** The client that the process works with. */
      private @Nullable LockClient user;

      boolean got;
      boolean over;

      Worker(List<HeldLock> held) {
        this.held = new ArrayList<>(held);
        processes.add(this);
      }

      boolean believes() {
        return held.stream().anyMatch(HeldLock::isHeld);
      }

      void works() {
        LockClient client = locks.get();
        user = client;
        CompletableFuture<Void> unused =
            client
                .acquireAsync(LockRequest.builder("k").waitForever().build())
                .thenAccept(lock -> works(client, lock));
      }

      private void works(LockClient client, HeldLock lock) {
        got = true;
        held.clear();
        held.add(lock);
        later(
            1_000,
            () -> {
              CompletableFuture<Void> unused = lock.closeAsync();
              later(4_000, () -> worksOn(client));
            });
      }

      private void worksOn(LockClient client) {
        if (!over && client == user) {
          works();
        }
      }

      private void later(int millis, Runnable next) {
        time.schedule(Duration.ofMillis(1 + random.nextInt(millis)).toNanos(), next);
      }
    }
  }
}
