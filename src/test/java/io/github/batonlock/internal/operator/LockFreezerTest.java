package io.github.batonlock.internal.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.operator.LockFreezer.End;
import io.github.batonlock.internal.operator.LockFreezer.Result;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Locks that an operator freezes and thaws, as time-lines on a virtual clock. */
class LockFreezerTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();
  private final OperatorWorld ops = new OperatorWorld(world);
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static void close(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  private Map<String, AttributeValue> row() {
    return world.table.row(OperatorWorld.K);
  }

  @Test
  void freeze_ofAFreeLock_keepsItFromAllClientsForItsTime() throws Exception {
    HeldLock held = a.acquired();
    close(held);
    world.seconds(1);

    Result result = ops.freeze(HOUR);

    assertThat(result.end()).isEqualTo(End.FROZEN);
    assertThat(result.now().note()).contains(new FreezeNote("alice@ops", "migration"));
    assertThat(result.now().rest().orElseThrow())
        .isBetween(HOUR.minusSeconds(3), HOUR.plusSeconds(1));
    assertThat(result.now().item().fencingToken()).hasValue(held.fencingToken() + 1);
    CompletableFuture<HeldLock> waiter = b.acquire(r -> r.waitUpTo(HOUR.multipliedBy(2)));
    for (int minute = 0; minute < 59; minute++) {
      world.seconds(60);
      assertThat(a.client.tryAcquire("k")).isEmpty();
    }
    assertThat(waiter).isNotDone();
    assertThat(a.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.CLOSED);
    world.seconds(90);
    assertThat(waiter.join().fencingToken()).isEqualTo(held.fencingToken() + 2);
  }

  @Test
  void freeze_ofALockWithoutAnItem_createsIt() throws Exception {
    assertThat(ops.freeze(HOUR).end()).isEqualTo(End.FROZEN);
    assertThat(ops.row().state()).isEqualTo(LockRow.State.FROZEN);
  }

  @Test
  void waiter_ofAFrozenLock_readsTheNoteInItsException() throws Exception {
    ops.freeze(HOUR);

    assertThatThrownBy(
            () ->
                a.client.acquire(
                    LockRequest.builder().key("k").waitUpTo(Duration.ofSeconds(2)).build()))
        .isInstanceOf(LockNotAcquiredException.class)
        .hasMessageContaining("frozen by alice@ops: migration");
  }

  @Test
  void frozenLock_whoseTimeIsOver_isFreeForAFreshProcessAtFirstSight() throws Exception {
    ops.freeze(HOUR);
    world.seconds(3_600 + 14);

    assertThat(ops.row().state()).isEqualTo(LockRow.State.FREE);
    assertThat(world.node("fresh").client.tryAcquire("k")).isPresent();
  }

  @Test
  void freeze_ofAHeldLock_isRefusedAndLeavesIt() throws Exception {
    HeldLock held = a.acquired();
    world.seconds(6);
    String version = world.version();

    Result result = ops.freeze(HOUR);

    assertThat(result.end()).isEqualTo(End.HELD);
    assertThat(world.version()).isEqualTo(version);
    assertThat(held.isHeld()).isTrue();
  }

  @Test
  void freeze_thatWaits_getsTheLockWhenItsHolderLetsGo() throws Exception {
    HeldLock held = a.acquired();
    world.time.schedule(Duration.ofSeconds(30).toNanos(), () -> close(held));

    Result result = ops.freeze(HOUR, Duration.ofMinutes(5));

    assertThat(result.end()).isEqualTo(End.FROZEN);
    assertThat(result.now().item().fencingToken()).hasValue(held.fencingToken() + 1);
  }

  @Test
  void freeze_thatAsks_isHeardByTheHolder() throws Exception {
    HeldLock held = a.acquired();
    held.onReleaseRequested(
        asked -> {
          assertThat(asked.reason()).isEqualTo("migration");
          close(held);
        });

    Result result =
        ops.freezer.freeze(
            OperatorWorld.K,
            new FreezeNote("alice@ops", "migration"),
            HOUR,
            Duration.ofMinutes(5),
            true);

    assertThat(result.end()).isEqualTo(End.FROZEN);
    assertThat(result.now().item().fencingToken().orElseThrow()).isGreaterThan(held.fencingToken());
  }

  /** Longer than an acquisition waits where nothing is said. */
  @Test
  void freeze_thatIsToWaitForMinutes_waitsForMinutes() throws Exception {
    HeldLock held = a.acquired();
    world.time.schedule(Duration.ofSeconds(90).toNanos(), () -> close(held));
    assertThat(ops.freeze(HOUR, Duration.ofMinutes(2)).end()).isEqualTo(End.FROZEN);
  }

  @Test
  void freeze_ofALockWithASharedLease_waitsForItToo() throws Exception {
    World.Node s = world.node("s", config -> config.leases = Leases.shared());
    HeldLock held = s.acquired();
    assertThat(ops.freeze(HOUR).end()).isEqualTo(End.HELD);
    close(held);
    world.seconds(1);

    assertThat(ops.freeze(HOUR).end()).isEqualTo(End.FROZEN);
    assertThat(s.client.tryAcquire("k")).isEmpty();
  }

  @Test
  void freeze_ofAFrozenLock_changesNothing() throws Exception {
    ops.freeze(HOUR);
    Map<String, AttributeValue> before = row();

    Result result = ops.freeze(Duration.ofHours(9));

    assertThat(result.end()).isEqualTo(End.WAS_FROZEN);
    assertThat(row()).isEqualTo(before);
  }

  @Test
  void freeze_ofARowThatIsNoLock_changesNothing() throws Exception {
    world.table.putRow(OperatorWorld.K, Map.of("price", AttributeValue.fromN("3")));
    Map<String, AttributeValue> before = row();

    assertThat(ops.freeze(HOUR).end()).isEqualTo(End.NOT_A_LOCK);
    assertThat(ops.freezer.thaw(OperatorWorld.K).end()).isEqualTo(End.NOT_A_LOCK);
    assertThat(row()).isEqualTo(before);
  }

  @Test
  void thaw_ofAFrozenLock_freesItAtOnceWithAGreaterToken() throws Exception {
    long frozen = ops.freeze(HOUR).now().item().fencingToken().orElseThrow();

    Result result = ops.freezer.thaw(OperatorWorld.K);

    assertThat(result.end()).isEqualTo(End.THAWED);
    assertThat(result.now().state()).isEqualTo(LockRow.State.FREE);
    assertThat(a.acquired().fencingToken()).isEqualTo(frozen + 1);
    assertThat(world.attribute("keptClosed")).isNull();
  }

  @Test
  void thaw_ofALockThatIsNotFrozen_changesNothing() throws Exception {
    assertThat(ops.freezer.thaw(OperatorWorld.K).end()).isEqualTo(End.NOT_FROZEN);
    HeldLock held = a.acquired(r -> r.holdAtLeast(HOUR));
    Map<String, AttributeValue> before = row();
    assertThat(ops.freezer.thaw(OperatorWorld.K).end()).isEqualTo(End.NOT_FROZEN);
    assertThat(row()).isEqualTo(before);
    close(held);
    world.seconds(1);
    before = row();
    assertThat(ops.freezer.thaw(OperatorWorld.K).end()).isEqualTo(End.NOT_FROZEN);
    assertThat(row()).isEqualTo(before);
  }

  @Test
  void freeze_ofKeyWithData_keepsTheData() throws Exception {
    HeldLock held = a.acquired(r -> r.attribute("team", AttributeValue.fromS("billing")));
    close(held);
    world.seconds(1);
    ops.freeze(HOUR);
    ops.freezer.thaw(OperatorWorld.K);

    assertThat(row()).containsEntry("team", AttributeValue.fromS("billing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "colon:", "line\nbreak"})
  void note_ofAnOperatorThatIsNoWord_isRefused(String operator) {
    assertThatThrownBy(() -> new FreezeNote(operator, "because"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "line\nbreak"})
  void note_withABadReason_isRefused(String reason) {
    assertThatThrownBy(() -> new FreezeNote("alice@ops", reason))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void freeze_forTooLong_isRefused() {
    assertThatThrownBy(() -> ops.freeze(Duration.ofDays(32))).hasMessageContaining("31 days");
    assertThat(world.table.row(LockKey.of("k"))).isNull();
  }
}
