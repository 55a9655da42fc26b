package io.github.batonlock.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What operators do to a lock for which clients compete, at any moment: during heartbeats,
 * handoffs, reservations, takeovers, and with lost answers.
 */
class OperatorPropertyTest {
  private static final int WORLDS = 20;
  private static final int OPERATIONS = 6;

  /** One world, made from one number. */
  private static final class Case {
    final World world = new World();
    final OperatorWorld ops = new OperatorWorld(world);
    final Random random;
    final List<HeldLock> holds = new ArrayList<>();
    final List<String> wrong = new ArrayList<>();
    final boolean mayOverlap;
    double frozenUntil;
    long lastToken;
    int grants;

    Case(long seed) {
      random = new Random(seed);
      mayOverlap = random.nextInt(3) == 0;
      for (String name : List.of("a", "b", "c")) {
        boolean isShared = random.nextInt(4) == 0;
        World.Node node =
            world.node(name, draft -> draft.leases = isShared ? Leases.shared() : Leases.own());
        node.store.faults(operation -> random.nextInt(25) == 0 ? fault() : Fault.NONE);
        want(node);
      }
      ops.store.faults(operation -> random.nextInt(25) == 0 ? fault() : Fault.NONE);
    }

    private Fault fault() {
      Fault[] all = {
        Fault.ANSWER_LOST, Fault.REQUEST_LOST, Fault.SDK_RETRY, Fault.THROTTLED, Fault.APPLIED_LATER
      };
      return all[random.nextInt(all.length)];
    }

    private void later(double seconds, Runnable task) {
      world.time.schedule((long) (random.nextDouble() * seconds * 1e9), task);
    }

    private void want(World.Node node) {
      if (world.isEnding()) {
        return;
      }
      boolean asks = random.nextInt(3) == 0;
      CompletableFuture<HeldLock> wanted =
          node.acquire(
              request -> {
                request.waitUpTo(Duration.ofMinutes(20));
                if (asks) {
                  request.requestRelease("my turn", Duration.ofSeconds(1));
                }
              });
      CompletableFuture<Void> unused =
          wanted.handle(
              (lock, failure) -> {
                if (lock == null) {
                  later(5, () -> want(node));
                } else {
                  granted(node, lock);
                }
                return null;
              });
    }

    private void granted(World.Node node, HeldLock lock) {
      grants++;
      if (lock.fencingToken() <= lastToken) {
        wrong.add("token " + lock.fencingToken() + " after " + lastToken);
      }
      lastToken = Math.max(lastToken, lock.fencingToken());
      if (!mayOverlap && lock.isHeld() && holds.stream().anyMatch(HeldLock::isHeld)) {
        wrong.add("two holders at " + seconds());
      }
      if (seconds() < frozenUntil) {
        wrong.add("granted at " + seconds() + " while frozen until " + frozenUntil);
      }
      holds.add(lock);
      CompletableFuture<?>[] end = new CompletableFuture<?>[1];
      later(
          40,
          () -> {
            end[0] = lock.closeAsync();
            later(3, () -> want(node));
          });
    }

    private double seconds() {
      return world.time.elapsed().toMillis() / 1_000.0;
    }

    void operate() throws InterruptedException {
      world.seconds(random.nextDouble() * 30);
      try {
        LockRow row = ops.row();
        switch (random.nextInt(mayOverlap ? 5 : 4)) {
          case 0, 1 -> breakGently(row);
          case 2 -> freeze();
          case 3 -> {
            frozenUntil = 0;
            var unused = ops.freezer.thaw(OperatorWorld.K);
          }
          default -> {
            if (row.isLock()) {
              var unused = ops.breakNow(row.item().fencingToken().orElse(0));
            }
          }
        }
      } catch (LockStoreException e) {
        // The operator is told, and looks again.
        world.seconds(1);
      }
    }

    private void breakGently(LockRow row) throws InterruptedException {
      if (row.isLock()) {
        var unused =
            ops.breaker.breakGently(
                OperatorWorld.shown(row.item().fencingToken().orElse(0)),
                Duration.ofSeconds(random.nextInt(20)));
      }
    }

    private void freeze() throws InterruptedException {
      Duration length = Duration.ofSeconds(1 + random.nextInt(60));
      Duration patience = Duration.ofSeconds(random.nextInt(60));
      var result =
          ops.freezer.freeze(
              OperatorWorld.K,
              new FreezeNote("alice@ops", "migration"),
              length,
              patience,
              random.nextBoolean());
      if (result.end() == LockFreezer.End.FROZEN) {
        // Counted from the grant of the freeze, which was some requests ago.
        frozenUntil = seconds() + result.now().rest().orElse(Duration.ZERO).toSeconds() - 2;
      }
    }
  }

  @Test
  void operations_atAnyMoment_keepTheOrderOfTokensAndMakeNoSecondHolder() throws Exception {
    int grants = 0;
    for (long seed = 0; seed < WORLDS; seed++) {
      Case each = new Case(seed);
      for (int i = 0; i < OPERATIONS; i++) {
        each.operate();
      }
      each.world.assertNothingIsLeft();
      assertThat(each.wrong).as("seed " + seed).isEmpty();
      grants += each.grants;
    }
    assertThat(grants).isGreaterThan(5 * WORLDS);
  }
}
