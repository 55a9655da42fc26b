package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.virtual.FaultyStore;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What many granting writes without an answer bring is freed, however many versions it may have; as
 * time-lines on a virtual clock. Lease 20 s; a failure is answered in 4 ms.
 */
class ManyGrantsTest {
  @RegisterExtension private final World world = new World();
  private final World.Node b = world.node("b");

  private World.Node shared(int named) {
    return world.node(
        "a",
        config -> {
          config.leases = Leases.shared();
          config.bounds = config.bounds.with(Bound.CONDITION_VERSIONS, named);
        });
  }

  /** Regression: one release named all of them, and was refused as invalid, again and again. */
  @ParameterizedTest
  @CsvSource({"90, 1", "90, 100", "90, 200", "1, 1", "1, 120", "2, 50", "5, 190"})
  void sharedLock_takenByOneOfManyWritesWithoutAnAnswer_isFreedWhenItIsNotWanted(
      int named, int applied) {
    World.Node a = shared(named);
    HeldLock other = a.acquired(r -> r.key("other"));
    CompletableFuture<HeldLock> wanted = a.acquire(r -> r.waitForever());
    long before = a.store.count("acquire");
    a.store.faults(
        operation ->
            !operation.equals("acquire")
                ? Fault.NONE
                : a.store.count("acquire") - before == applied
                    ? Fault.BROKEN_AFTER
                    : Fault.BROKEN_BEFORE);
    world.seconds(120);
    assertThat(a.store.count("acquire") - before).isGreaterThan(200);
    assertThat(world.owner()).isEqualTo("a");

    wanted.cancel(false);
    world.seconds(1);

    assertThat(world.isReleased()).isTrue();
    assertThat(a.store.count("release")).isLessThanOrEqualTo(2);
    assertThat(b.acquired().isHeld()).isTrue();
    assertThat(other.isHeld()).isTrue();
    assertThat(world.table.row(LockKey.of("other"))).doesNotContainKey("isReleased");
  }

  /** Others come and go until the versions of this one are long forgotten. */
  private void lateGrant(World.Node a, int others) {
    HeldLock other = a.acquired(r -> r.key("other"));
    a.store.lateness(Duration.ofSeconds(100));
    a.store.failNext("acquire", Fault.APPLIED_LATER);
    CompletableFuture<HeldLock> wanted = a.acquire(r -> r.waitUpTo(Duration.ofSeconds(2)));
    world.seconds(10);
    assertThat(wanted).isCompletedExceptionally();
    for (int i = 0; i < others; i += 50) {
      List<CompletableFuture<HeldLock>> some = new ArrayList<>();
      for (int k = i; k < i + 50; k++) {
        String key = "k" + k;
        some.add(a.acquire(r -> r.key(key)));
      }
      world.seconds(0.2);
      some.forEach(lock -> lock.join().closeAsync());
      world.seconds(0.2);
    }
    assertThat(world.owner()).isNull();
    world.seconds(110.0 - world.time.elapsed().toSeconds());
    assertThat(world.owner()).isEqualTo("a");
    assertThat(world.isReleased()).isFalse();
    assertThat(other.isHeld()).isTrue();
  }

  /** Regression: its client waited for its own session, for as long as that went on. */
  @Test
  void sharedLock_takenLate_fiveThousandLocksLater_isTakenByItsOwnClientAtOnce() {
    World.Node a = shared(90);
    lateGrant(a, 5_000);
    CompletableFuture<HeldLock> again = a.acquire(r -> r.waitForever());
    world.seconds(0.1);

    assertThat(again).isCompleted();
    assertThat(again.join().isHeld()).isTrue();
  }

  /** Regression: nobody held it for as long as the session went on. */
  @Test
  void sharedLock_takenLate_fiveThousandLocksLater_isFreed() {
    World.Node a = shared(90);
    lateGrant(a, 5_000);
    world.seconds(100);

    assertThat(world.isReleased()).isTrue();
  }

  /** Where more may come late than are looked at, the session takes no more locks, and ends. */
  @Test
  void sharedLock_takenLate_beyondTheLocksThatAreLookedAt_isFreeWhenItsSessionHasEnded() {
    World.Node a =
        world.node(
            "a",
            config -> {
              config.leases = Leases.shared();
              config.bounds =
                  config.bounds.with(Bound.RETIRED_VERSIONS, 1).with(Bound.LATE_WRITE_LOCKS, 1);
            });
    a.store.failNext("acquire", Fault.BROKEN_BEFORE);
    CompletableFuture<HeldLock> lookedAt = a.acquire(r -> r.key("looked at"));
    world.seconds(1);
    a.store.lateness(Duration.ofSeconds(30));
    a.store.failNext("acquire", Fault.APPLIED_LATER);
    CompletableFuture<HeldLock> late = a.acquire(r -> r.waitUpTo(Duration.ofSeconds(2)));
    world.seconds(10);
    assertThat(late).isCompletedExceptionally();
    HeldLock after = a.acquired(r -> r.key("after"));
    assertThat(after.session()).isNotEqualTo(lookedAt.join().session());
    world.seconds(30);
    assertThat(world.owner()).isEqualTo("a");
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(600);
    assertThat(waiting).isNotDone();

    lookedAt.join().closeAsync();
    world.seconds(25);
    assertThat(waiting).isCompleted();
    assertThat(after.isHeld()).isTrue();
  }

  /** Its answer is on its way: the lock is that acquisition's. */
  @Test
  void sharedLock_takenByAWriteWhoseAnswerIsOnItsWay_isNoGhostToOthersOfThisClient()
      throws InterruptedException {
    World.Node a = shared(90);
    a.acquired(r -> r.key("other"));
    a.store.latency(Duration.ofMillis(500));
    CompletableFuture<HeldLock> first = a.acquire();
    world.seconds(0.6);
    a.store.latency(FaultyStore.LATENCY);
    assertThat(world.owner()).isEqualTo("a");
    assertThat(first).isNotDone();

    assertThat(a.client.tryAcquire("k")).isEmpty();
    world.seconds(1);
    assertThat(first.join().isHeld()).isTrue();
    assertThat(world.version())
        .isEqualTo(a.client.inspect("k").orElseThrow().recordVersionNumber());
  }

  /** It was lost by a limit of its own, and its work may go on: until it is closed, or a lease. */
  @Test
  void sharedLock_lostAlone_isNoGhostToItsOwnClientBeforeItsWorkHasStopped() {
    World.Node a =
        world.node(
            "a",
            config -> {
              config.leases = Leases.shared();
              config.bounds = config.bounds.with(Bound.RETIRED_VERSIONS, 1);
            });
    a.acquired(r -> r.key("other"));
    HeldLock lost = a.acquired(r -> r.maxHold(Duration.ofSeconds(3)));
    CompletableFuture<HeldLock> next = a.acquire(r -> r.waitForever());
    world.seconds(10);
    assertThat(lost.revocation()).isPresent();
    assertThat(next).isNotDone();

    lost.close();
    world.seconds(1);
    assertThat(next).isCompleted();
  }

  @Test
  void acquisition_thatWaitsThroughAnOutageOfHours_knowsTheVersionsThatMayStillCome() {
    World.Node a = world.node("a");
    CompletableFuture<HeldLock> wanted = a.acquire(r -> r.waitForever());
    a.store.failAll(Fault.BROKEN_BEFORE);
    world.seconds(3 * 3_600);
    long sent = a.store.count("acquire");
    a.store.heal();
    a.store.failNext("acquire", Fault.BROKEN_AFTER);
    world.seconds(5);

    assertThat(sent).isGreaterThan(10_000);
    assertThat(wanted.join().isHeld()).isTrue();
    assertThat(a.store.count("acquire") - sent).isBetween(2L, 3L);
  }
}
