package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a hold hangs on besides its lease, as time-lines on a virtual clock. Lease 20 s, usable 16
 * s, beat 5 s; requests take 4 ms. A lock acquired first is granted at 4 ms.
 */
class HoldLimitMonitorTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  /** By what a lock is kept. */
  enum Kept {
    OWN,
    SHARED;

    Consumer<LockRequest.Builder> with(Consumer<LockRequest.Builder> limits) {
      return request -> {
        request.leases(this == OWN ? Leases.own() : Leases.shared());
        limits.accept(request);
      };
    }
  }

  private static Thread worker() {
    return new Thread(() -> {});
  }

  private static void end(Thread worker) throws InterruptedException {
    worker.start();
    worker.join();
  }

  // How long at most

  @ParameterizedTest
  @EnumSource
  void maxHold_whenItIsOver_revokesOnceAndToTheInstant(Kept kept) {
    HeldLock lock = a.acquired(kept.with(r -> r.maxHold(Duration.ofSeconds(30))));
    List<Revocation> told = a.revocations(lock);
    double granted = kept == Kept.OWN ? 0.004 : 0.008;

    world.seconds(29.999 + granted - 0.010);
    assertThat(lock.isHeld()).isTrue();
    assertThat(told).isEmpty();
    world.seconds(0.0011);

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.HELD_TOO_LONG);
    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.remaining()).isZero();
    assertThatThrownBy(lock::ensureHeld)
        .isInstanceOf(LockRevokedException.class)
        .hasMessageContaining("HELD_TOO_LONG");
    world.seconds(100);
    assertThat(told).hasSize(1);
  }

  @Test
  void maxHold_whenItIsOver_endsTheRenewals() {
    a.acquired(r -> r.maxHold(Duration.ofSeconds(30)));
    world.seconds(31);
    long before = a.store.count("heartbeat");

    world.seconds(15);

    assertThat(before).isGreaterThanOrEqualTo(5);
    assertThat(a.store.count("heartbeat")).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void lockLostByItsGate_untilTakeover_isNobodyElses_andThenIs(Kept kept) {
    HeldLock lock = a.acquired(kept.with(r -> r.maxHold(Duration.ofSeconds(30))));
    List<Revocation> told = a.revocations(lock);
    CompletableFuture<HeldLock> here = a.acquire(LockRequest.Builder::waitForever);
    CompletableFuture<HeldLock> elsewhere = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    Duration left = told.get(0).untilTakeover();
    assertThat(left).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(20));

    world.time.advance(left.minusMillis(20));
    assertThat(here).isNotDone();
    assertThat(elsewhere).isNotDone();

    world.seconds(2);
    assertThat(List.of(here, elsewhere)).anyMatch(CompletableFuture::isDone);
  }

  @ParameterizedTest
  @EnumSource
  void lockLostByItsGate_onceClosed_isFreeAtOnce(Kept kept) {
    HeldLock lock = a.acquired(kept.with(r -> r.maxHold(Duration.ofSeconds(30))));
    world.seconds(31);
    assertThat(world.isReleased()).isFalse();

    lock.close();
    world.seconds(0.1);

    assertThat(world.isReleased()).isTrue();
    assertThat(lock.revocation()).isPresent();
    assertThat(b.acquired().fencingToken()).isEqualTo(lock.fencingToken() + 1);
  }

  @Test
  void remaining_isNeverLongerThanTheHold() throws Exception {
    HeldLock lock = a.acquired(r -> r.maxHold(Duration.ofSeconds(12)));
    world.time.advance(Duration.ofMillis(1_994));

    assertThat(lock.remaining()).isEqualTo(Duration.ofSeconds(10));
    lock.ensureHeldFor(Duration.ofSeconds(10));
    assertThatThrownBy(() -> lock.ensureHeldFor(Duration.ofMillis(10_001)))
        .isInstanceOf(LockNotHeldException.class);
  }

  @Test
  void heldLock_pastItsTimeWhileNoTimerRuns_isNotHeldForWhoeverAsks() {
    HeldLock lock = a.acquired(r -> r.maxHold(Duration.ofSeconds(9)));
    List<Revocation> told = a.revocations(lock);
    a.machine.pause();
    world.seconds(9);

    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.HELD_TOO_LONG);

    a.machine.resume();
    world.seconds(1);
    assertThat(told).hasSize(1);
  }

  @Test
  void maxHold_doesNotCountASuspend() {
    HeldLock lock = a.acquired(r -> r.maxHold(Duration.ofSeconds(12)));
    world.seconds(6);
    a.machine.suspend(Duration.ofSeconds(8));
    world.seconds(3);
    assertThat(lock.isHeld()).isTrue();

    world.seconds(3);

    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.HELD_TOO_LONG);
  }

  @Test
  void leaseThatIsOver_beforeAGateCloses_isTheReason() {
    HeldLock lock = a.acquired(r -> r.maxHold(Duration.ofSeconds(17)));
    a.store.failAll(Fault.REQUEST_LOST);
    a.machine.pause();
    world.seconds(18);

    assertThat(lock.isHeld()).isFalse();

    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.LEASE_EXPIRED);
  }

  @ParameterizedTest
  @EnumSource
  void lock_closedInTime_isReleasedAndNeverRevoked(Kept kept) throws Exception {
    Thread worker = worker();
    HeldLock lock =
        a.acquired(
            kept.with(
                r ->
                    r.maxHold(Duration.ofSeconds(30))
                        .stallLimit(Duration.ofSeconds(10))
                        .whileAlive(worker)));
    List<Revocation> told = a.revocations(lock);
    world.seconds(5);
    end(worker);

    lock.close();
    world.seconds(60);

    assertThat(told).isEmpty();
    assertThat(lock.revocation()).isEmpty();
    assertThat(world.isReleased()).isTrue();
  }

  // As long as its worker

  @ParameterizedTest
  @EnumSource
  void worker_thatEnds_endsTheHoldWithinAnInterval(Kept kept) throws Exception {
    Thread worker = worker();
    HeldLock lock = a.acquired(kept.with(r -> r.whileAlive(worker)));
    List<Revocation> told = a.revocations(lock);
    world.seconds(60);
    assertThat(told).isEmpty();
    end(worker);
    long before = a.store.count("heartbeat");

    world.seconds(5.001);

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.WORKER_DIED);
    if (kept == Kept.OWN) {
      assertThat(a.store.count("heartbeat")).isEqualTo(before);
    }
  }

  @Test
  void worker_thatHasEnded_isNoticedByWhoeverAsks() throws Exception {
    Thread worker = worker();
    HeldLock lock = a.acquired(r -> r.whileAlive(worker));
    assertThat(lock.isHeld()).isTrue();
    end(worker);

    assertThatThrownBy(lock::guard)
        .isInstanceOf(LockRevokedException.class)
        .hasMessageContaining("WORKER_DIED");
  }

  // While it makes progress

  @ParameterizedTest
  @EnumSource
  void work_withPulses_keepsTheLockUntilTheyStop(Kept kept) {
    HeldLock lock = a.acquired(kept.with(r -> r.stallLimit(Duration.ofSeconds(10))));
    List<Revocation> told = a.revocations(lock);
    for (int i = 0; i < 20; i++) {
      world.seconds(9.9);
      lock.progress();
    }
    assertThat(told).isEmpty();
    assertThat(lock.isHeld()).isTrue();

    world.seconds(9.999);
    assertThat(told).isEmpty();
    world.seconds(0.001);

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.STALLED);
    lock.progress();
    assertThat(lock.isHeld()).isFalse();
    world.seconds(60);
    assertThat(told).hasSize(1);
  }

  @Test
  void pulse_thatComesFirstAfterTooLongAPause_doesNotSaveTheLock() {
    HeldLock lock = a.acquired(r -> r.stallLimit(Duration.ofSeconds(10)));
    List<Revocation> told = a.revocations(lock);
    a.machine.pause();
    world.seconds(12);

    lock.progress();
    a.machine.resume();
    world.seconds(1);

    assertThat(told).extracting(Revocation::reason).containsExactly(Reason.STALLED);
  }

  @Test
  void suspend_isNoStall() {
    HeldLock lock = a.acquired(r -> r.stallLimit(Duration.ofSeconds(6)));
    world.seconds(5);
    lock.progress();
    a.machine.suspend(Duration.ofSeconds(8));
    world.seconds(5);

    lock.progress();

    assertThat(lock.isHeld()).isTrue();
    world.seconds(6);
    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.STALLED);
  }

  @Test
  void pulse_ofALockWithoutLimit_doesNothing() {
    HeldLock lock = a.acquired();

    lock.progress();
    world.seconds(60);

    assertThat(lock.isHeld()).isTrue();
  }

  // Shared leases

  @Test
  void gateOfOneLock_ofASharedLease_costsNoOther() {
    Consumer<LockRequest.Builder> shared = r -> r.leases(Leases.shared());
    HeldLock lost = a.acquired(shared.andThen(r -> r.maxHold(Duration.ofSeconds(30))));
    HeldLock kept = a.acquired(shared.andThen(r -> r.key("kept")));
    List<Revocation> told = a.revocations(kept);

    world.seconds(100);

    assertThat(lost.revocation()).isPresent();
    assertThat(world.isReleased()).isTrue();
    assertThat(kept.isHeld()).isTrue();
    assertThat(told).isEmpty();
    assertThat(a.store.count("release")).isEqualTo(1);
  }

  /** Regression: the end of the session freed the lock under work that may go on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientThatCloses_whileALockLostAloneMayBeAtWork_leavesItForTheRestOfTheLease(
      boolean closedByUser) {
    Consumer<LockRequest.Builder> shared = r -> r.leases(Leases.shared());
    HeldLock lost = a.acquired(shared.andThen(r -> r.maxHold(Duration.ofSeconds(30))));
    HeldLock other = a.acquired(shared.andThen(r -> r.key("other")));
    List<Revocation> told = a.revocations(lost);
    world.seconds(31);
    if (closedByUser) {
      lost.close();
    }

    CompletableFuture<HeldLock> next = b.acquire(LockRequest.Builder::waitForever);
    CompletableFuture<HeldLock> nextOther = b.acquire(r -> r.key("other").waitForever());
    a.client.close();
    world.seconds(2);

    assertThat(other.revocation()).isPresent();
    assertThat(nextOther).isCompleted();
    assertThat(next.isDone()).isEqualTo(closedByUser);
    world.time.advance(told.get(0).untilTakeover().minusSeconds(4));
    assertThat(next.isDone()).isEqualTo(closedByUser);
    world.seconds(25);
    assertThat(next).isCompleted();
  }

  @Test
  void revocation_ofAGate_isToldToTheCallbackOfTheRequest() {
    List<Reason> told = new ArrayList<>();
    a.acquired(
        r ->
            r.maxHold(Duration.ofSeconds(1))
                .onRevoked(revocation -> told.add(revocation.reason())));

    world.seconds(2);

    assertThat(told).containsExactly(Reason.HELD_TOO_LONG);
  }
}
