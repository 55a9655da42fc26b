package io.github.batonlock.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.operator.LockBreaker.End;
import io.github.batonlock.internal.operator.LockBreaker.Result;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Locks that an operator breaks, as time-lines on a virtual clock. Lease 20 s, beat 5 s; requests
 * take 4 ms.
 */
class LockBreakerTest {
  @RegisterExtension private final World world = new World();
  private final OperatorWorld ops = new OperatorWorld(world);
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private double now() {
    return world.time.elapsed().toMillis() / 1_000.0;
  }

  private static void close(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  private static List<Reason> reasons(List<Revocation> told) {
    return told.stream().map(Revocation::reason).toList();
  }

  private Map<String, AttributeValue> row() {
    return world.table.row(OperatorWorld.K);
  }

  private long nextToken() {
    return b.acquired().fencingToken();
  }

  // At once

  @Test
  void breakNow_ofALivingHolder_freesTheLockAtOnceAndTheHolderLearns() throws Exception {
    HeldLock held = a.acquired();
    List<Revocation> told = a.revocations(held);
    world.seconds(7);

    Result result = ops.breakNow(held.fencingToken());

    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(result.before().item().ownerName()).isEqualTo("a");
    assertThat(result.now().state()).isEqualTo(LockRow.State.FREE);
    assertThat(nextToken()).isEqualTo(held.fencingToken() + 1);
    world.seconds(5);
    assertThat(reasons(told)).containsExactly(Reason.TAKEN_OVER);
  }

  @Test
  void breakNow_beforeAnotherClientTakesTheLock_isToldAsAReleaseByOthers() throws Exception {
    HeldLock held = a.acquired();
    List<Revocation> told = a.revocations(held);

    assertThat(ops.breakNow(held.fencingToken()).end()).isEqualTo(End.BROKEN);

    world.seconds(6);
    assertThat(reasons(told)).containsExactly(Reason.RELEASED_EXTERNALLY);
  }

  @Test
  void breakNow_whileEachWriteMeetsANewVersion_triesAgain() throws Exception {
    HeldLock held =
        a.acquired(
            r -> r.leaseDuration(Duration.ofMillis(200)).heartbeatInterval(Duration.ofMillis(10)));
    ops.store.latency(Duration.ofMillis(3));

    Result result = ops.breakNow(held.fencingToken());

    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void breakNow_withAStaleToken_changesNothingAndShowsWhatStands() throws Exception {
    HeldLock first = a.acquired();
    close(first);
    world.seconds(1);
    HeldLock second = b.acquired();
    Map<String, AttributeValue> before = row();

    Result result = ops.breakNow(first.fencingToken());

    assertThat(result.end()).isEqualTo(End.STALE);
    assertThat(result.now().item().ownerName()).isEqualTo("b");
    assertThat(row()).isEqualTo(before);
    assertThat(second.isHeld()).isTrue();
  }

  @Test
  void breakNow_withAVersionThatTheHolderHasRenewed_changesNothing() throws Exception {
    HeldLock held = a.acquired();
    LockBreaker.Shown shown =
        new LockBreaker.Shown(
            OperatorWorld.K,
            OptionalLong.of(held.fencingToken()),
            Optional.of(world.version()),
            "looks dead");
    world.seconds(6);

    assertThat(ops.breaker.breakNow(shown).end()).isEqualTo(End.STALE);
    assertThat(held.isHeld()).isTrue();
  }

  @Test
  void breakNow_duringAHandoff_leavesTheNextHolder() throws Exception {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> next = a.acquire(r -> r.waitUpTo(Duration.ofMinutes(1)));
    world.seconds(1);
    close(first);
    // The handoff arrives before the operator's read, or between the read and the write.
    Result result = ops.breakNow(first.fencingToken());

    assertThat(result.end()).isIn(End.STALE, End.BROKEN);
    world.seconds(1);
    HeldLock second = next.join();
    assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    assertThat(second.isHeld()).isTrue();
  }

  @Test
  void breakNow_ofAReservedLock_letsTheWaiterHaveItWithAGreaterToken() throws Exception {
    HeldLock held = a.acquired();
    CompletableFuture<HeldLock> asks =
        b.acquire(
            r -> r.waitUpTo(Duration.ofMinutes(2)).requestRelease("please", Duration.ofSeconds(1)));
    world.seconds(6);
    b.machine.pause();
    close(held);
    world.seconds(0.1);
    assertThat(world.owner()).isEqualTo("b");
    long reserved = held.fencingToken() + 1;

    assertThat(ops.breakNow(reserved).end()).isEqualTo(End.BROKEN);

    b.machine.resume();
    world.seconds(5);
    assertThat(asks.join().fencingToken()).isEqualTo(reserved + 1);
  }

  @Test
  void breakNow_ofALockWithASharedLease_leavesTheSessionAndItsOtherLocks() throws Exception {
    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    HeldLock held = s.acquired();
    HeldLock other = s.acquired(r -> r.key("other"));
    List<Revocation> told = s.revocations(held);

    assertThat(ops.breakNow(held.fencingToken()).end()).isEqualTo(End.BROKEN);

    assertThat(nextToken()).isEqualTo(held.fencingToken() + 1);
    world.seconds(215);
    assertThat(reasons(told)).containsExactly(Reason.TAKEN_OVER);
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void breakNow_whoseAnswerIsLost_findsThatItWasApplied() throws Exception {
    HeldLock held = a.acquired();
    ops.store.failNext("release", Fault.ANSWER_LOST);

    assertThat(ops.breakNow(held.fencingToken()).end()).isEqualTo(End.BROKEN);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void breakNow_whoseRequestIsLost_saysSo() {
    HeldLock held = a.acquired();
    ops.store.failNext("release", Fault.REQUEST_LOST);

    assertThatThrownBy(() -> ops.breakNow(held.fencingToken()))
        .isInstanceOfSatisfying(
            LockStoreException.class, e -> assertThat(e.mayHaveBeenApplied()).isTrue());
    assertThat(held.isHeld()).isTrue();
  }

  // The holder is told first

  @Test
  void breakGently_ofAHolderThatListens_waitsUntilItLetsGo() throws Exception {
    HeldLock held = a.acquired();
    held.onReleaseRequested(
        asked -> {
          assertThat(asked.reason()).isEqualTo("stuck");
          close(held);
        });
    List<Revocation> told = a.revocations(held);

    Result result = ops.breakGently(held.fencingToken());

    assertThat(result.end()).isEqualTo(End.LET_GO);
    assertThat(now()).isBetween(3.0, 7.0);
    assertThat(told).isEmpty();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void breakGently_ofAHolderThatGoesOn_tellsItBeforeAnotherClientHasTheLock() throws Exception {
    HeldLock held = a.acquired();
    List<String> order = new ArrayList<>();
    held.onRevoked(revocation -> order.add("a lost it: " + revocation.reason()));
    CompletableFuture<HeldLock> next = b.acquire(r -> r.waitUpTo(Duration.ofMinutes(5)));
    CompletableFuture<Void> unused = next.thenAccept(lock -> order.add("b has it"));

    Result result = ops.breakGently(held.fencingToken());

    assertThat(result.end()).isEqualTo(End.BROKEN);
    world.seconds(3);
    assertThat(order).containsExactly("a lost it: ITEM_CHANGED", "b has it");
    assertThat(next.join().fencingToken()).isEqualTo(held.fencingToken() + 1);
    // Twenty seconds to finish, and a lease to notice.
    assertThat(now()).isBetween(40.0, 46.0);
    assertThat(ops.told).hasSize(2);
  }

  @Test
  void breakGently_ofAHolderThatIsCutOff_isOverWhenItHasStopped() throws Exception {
    HeldLock held = a.acquired();
    List<Revocation> told = a.revocations(held);
    world.seconds(6);
    a.store.failAll(Fault.REQUEST_LOST);
    boolean[] wasHeld = new boolean[1];
    CompletableFuture<HeldLock> next = b.acquire(r -> r.waitUpTo(Duration.ofMinutes(5)));
    CompletableFuture<Void> unused = next.thenAccept(lock -> wasHeld[0] = held.isHeld());

    Result result = ops.breakGently(held.fencingToken());

    world.seconds(3);
    assertThat(result.end()).isIn(End.BROKEN, End.LET_GO);
    assertThat(next.join().isHeld()).isTrue();
    assertThat(wasHeld[0]).isFalse();
    assertThat(reasons(told)).containsExactly(Reason.LEASE_EXPIRED);
  }

  @Test
  void breakGently_ofADeadHolder_isOverAtFirstSight() throws Exception {
    HeldLock held = a.acquired();
    world.seconds(6);
    a.machine.crash();
    world.seconds(40);
    assertThat(ops.row().state()).isEqualTo(LockRow.State.DEAD);

    Result result = ops.breakGently(held.fencingToken());

    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(now()).isLessThan(46.5);
    assertThat(ops.told).isEmpty();
    assertThat(nextToken()).isEqualTo(held.fencingToken() + 1);
  }

  @Test
  void breakGently_ofAHolderThatDiesMeanwhile_isOverALeaseLater() throws Exception {
    HeldLock held = a.acquired();
    a.machine.crash();

    Result result =
        ops.breaker.breakGently(OperatorWorld.shown(held.fencingToken()), Duration.ofMinutes(2));

    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(now()).isBetween(20.0, 22.0);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void breakGently_ofALockWithASharedLease_tellsTheHolderFirst() throws Exception {
    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    HeldLock held = s.acquired();
    HeldLock other = s.acquired(r -> r.key("other"));
    List<String> order = new ArrayList<>();
    held.onReleaseRequested(asked -> order.add("asked: " + asked.reason()));
    held.onRevoked(revocation -> order.add("lost: " + revocation.reason()));
    CompletableFuture<HeldLock> next = b.acquire(r -> r.waitUpTo(Duration.ofMinutes(10)));
    CompletableFuture<Void> unused = next.thenAccept(lock -> order.add("b has it"));

    Result result = ops.breakGently(held.fencingToken());

    world.seconds(3);
    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(order).containsExactly("asked: stuck", "lost: ITEM_CHANGED", "b has it");
    assertThat(next.join().fencingToken()).isEqualTo(held.fencingToken() + 1);
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void breakGently_ofADeadSessionsLock_endsTheSession() throws Exception {
    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    HeldLock held = s.acquired();
    world.seconds(1);
    s.machine.crash();

    Result result =
        ops.breaker.breakGently(OperatorWorld.shown(held.fencingToken()), Duration.ofMinutes(2));

    assertThat(result.end()).isEqualTo(End.BROKEN);
    assertThat(now()).isBetween(20.0, 24.0);
    assertThat(ops.store.count("end")).isEqualTo(1);
    assertThat(nextToken()).isEqualTo(held.fencingToken() + 1);
  }

  @Test
  void breakGently_ofAClosedLock_changesNothing() throws Exception {
    HeldLock held = a.acquired(r -> r.holdAtLeast(Duration.ofMinutes(5)));
    close(held);
    world.seconds(1);
    Map<String, AttributeValue> before = row();

    assertThat(ops.breakGently(held.fencingToken()).end()).isEqualTo(End.CLOSED);
    assertThat(row()).isEqualTo(before);

    assertThat(ops.breakNow(held.fencingToken()).end()).isEqualTo(End.BROKEN);
    assertThat(nextToken()).isEqualTo(held.fencingToken() + 1);
  }

  @Test
  void breakGently_ofAForeignHolder_waitsForItsWholeLease() throws Exception {
    world.table.putRow(
        OperatorWorld.K,
        Map.of(
            "ownerName", AttributeValue.fromS("f"),
            "leaseDuration", AttributeValue.fromS("20000"),
            "recordVersionNumber", AttributeValue.fromS("e4b5")));
    LockBreaker.Shown shown =
        new LockBreaker.Shown(
            OperatorWorld.K, OptionalLong.empty(), Optional.of("e4b5"), "it is gone");

    Result result = ops.breaker.breakGently(shown, Duration.ofSeconds(1));

    assertThat(result.end()).isEqualTo(End.BROKEN);
    // A second to finish, then its lease and a quarter.
    assertThat(now()).isBetween(26.0, 28.0);
    assertThat(ops.told.get(0)).contains("another library");
  }

  // Nothing to break

  @Test
  void breakNow_ofWhatIsNotHeld_changesNothing() throws Exception {
    assertThat(ops.breakNow(1).end()).isEqualTo(End.NOT_A_LOCK);
    HeldLock held = a.acquired();
    close(held);
    world.seconds(1);
    assertThat(ops.breakNow(held.fencingToken()).end()).isEqualTo(End.WAS_FREE);

    Map<String, AttributeValue> foreign = Map.of("price", AttributeValue.fromN("3"));
    world.table.putRow(OperatorWorld.K, foreign);
    Map<String, AttributeValue> before = row();
    assertThat(ops.breakNow(1).end()).isEqualTo(End.NOT_A_LOCK);
    assertThat(row()).isEqualTo(before);
  }

  @Test
  void breakNow_ofAFrozenLock_changesNothing() throws Exception {
    long token = ops.freeze(Duration.ofHours(1)).now().item().fencingToken().orElseThrow();
    Map<String, AttributeValue> before = row();

    assertThat(ops.breakNow(token).end()).isEqualTo(End.FROZEN);
    assertThat(row()).isEqualTo(before);
  }

  @Test
  void shown_withoutTokenAndVersion_isRefused() {
    assertThatThrownBy(
            () ->
                new LockBreaker.Shown(
                    OperatorWorld.K, OptionalLong.empty(), Optional.empty(), "because"))
        .hasMessageContaining("token");
  }
}
