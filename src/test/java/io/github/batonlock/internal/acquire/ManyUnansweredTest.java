package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More writes without an answer than one condition can name, as time-lines on a virtual clock. Beat
 * 5 s; a failure is answered in 4 ms.
 */
class ManyUnansweredTest {
  @RegisterExtension private final World world = new World();

  private World.Node node(int lease, int named) {
    return world.node(
        "a",
        config -> {
          config.leaseDuration = Duration.ofSeconds(lease);
          config.heartbeatInterval = Duration.ofSeconds(5);
          config.bounds = config.bounds.with(Bound.CONDITION_VERSIONS, named);
        });
  }

  /** Regression: after 89 of them no heartbeat was sent ever again. */
  @ParameterizedTest
  @CsvSource({"120, 60, 90, true", "300, 120, 90, false", "120, 60, 1, true", "120, 60, 2, false"})
  void lock_whoseHeartbeatsFailedForLong_isHeldWhenAllIsWell(
      int lease, int outage, int named, boolean readsAreWell) {
    World.Node a = node(lease, named);
    HeldLock lock = a.acquired();
    a.store.faults(
        operation -> readsAreWell && operation.equals("look") ? Fault.NONE : Fault.BROKEN_BEFORE);
    world.seconds(outage);
    assertThat(a.store.count("heartbeat")).isGreaterThan(named);
    a.store.heal();
    world.seconds(2);

    assertThat(lock.remaining()).isGreaterThan(Duration.ofSeconds(lease * 8L / 10 - 3));
    long sent = a.store.trace().size();
    world.seconds(1_000);
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.trace().size() - sent).isBetween(199L, 201L);
  }

  /** With the bounds as they are: the table refuses a condition of more than 100 versions. */
  @Test
  void lock_withMoreVersionsInDoubtThanAConditionTakes_isHeldAndFreedWhenAllIsWell() {
    World.Node a = world.node("a", config -> config.leaseDuration = Duration.ofMinutes(5));
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.BROKEN_BEFORE);
    world.until("many are in doubt", Duration.ofMinutes(4), () -> a.store.count("heartbeat") > 120);
    a.store.heal();
    world.seconds(3);
    assertThat(lock.remaining()).isGreaterThan(Duration.ofSeconds(230));

    a.store.failAll(Fault.BROKEN_BEFORE);
    long before = a.store.count("heartbeat");
    world.until(
        "many are in doubt",
        Duration.ofMinutes(4),
        () -> a.store.count("heartbeat") > before + 120);
    a.store.heal();
    lock.closeAsync();
    world.seconds(2);
    assertThat(world.isReleased()).isTrue();
  }

  /** A condition that does not name what stands there is refused with what stands there. */
  @ParameterizedTest
  @CsvSource({"90", "1", "2", "3"})
  void heartbeat_appliedLongBeforeTheNextIsHeardOf_renewsTheLease(int named) {
    World.Node a = node(120, named);
    HeldLock lock = a.acquired();
    world.seconds(5);
    a.store.faults(
        operation ->
            operation.equals("heartbeat") && a.store.count("heartbeat") == 3
                ? Fault.BROKEN_AFTER
                : Fault.BROKEN_BEFORE);
    world.seconds(60);
    assertThat(a.store.count("heartbeat")).isGreaterThan(40);
    a.store.heal();
    world.seconds(2);

    assertThat(lock.isHeld()).isTrue();
    assertThat(lock.remaining()).isGreaterThan(Duration.ofSeconds(93));
  }

  /** The one that stands in the item is in the middle of them. */
  private HeldLock inDoubt(World.Node a) {
    HeldLock lock = a.acquired();
    a.store.faults(
        operation ->
            operation.equals("heartbeat") && a.store.count("heartbeat") == 20
                ? Fault.BROKEN_AFTER
                : Fault.BROKEN_BEFORE);
    world.seconds(60);
    assertThat(a.store.count("heartbeat")).isGreaterThan(40);
    a.store.heal();
    return lock;
  }

  @ParameterizedTest
  @ValueSource(ints = {90, 1, 2, 3})
  void lock_givenBackWithManyVersionsInDoubt_isFree(int named) {
    World.Node a = node(120, named);
    inDoubt(a).closeAsync();
    world.seconds(1);

    assertThat(world.isReleased()).isTrue();
    assertThat(a.store.count("release")).isEqualTo(named == 90 ? 1 : 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {90, 1, 2, 3})
  void lock_givenBackWithManyVersionsInDoubt_goesToWhoWaitsHere(int named) {
    World.Node a = node(120, named);
    HeldLock lock = inDoubt(a);
    CompletableFuture<HeldLock> next = a.acquire(r -> r.waitForever());
    lock.closeAsync();
    world.seconds(1);

    assertThat(next).isCompleted();
    assertThat(next.join().isHeld()).isTrue();
    world.seconds(600);
    assertThat(next.join().isHeld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {90, 1, 2, 3})
  void lock_givenBackWithManyVersionsInDoubt_goesToWhoHasAsked(int named) {
    World.Node a = node(120, named);
    World.Node b = world.node("b");
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next =
        b.acquire(r -> r.waitForever().requestRelease("deploy", Duration.ofMinutes(1)));
    world.seconds(7);
    a.store.faults(
        operation ->
            operation.equals("heartbeat") && a.store.count("heartbeat") == 20
                ? Fault.BROKEN_AFTER
                : Fault.BROKEN_BEFORE);
    world.seconds(60);
    a.store.heal();
    lock.closeAsync();
    world.seconds(2);

    assertThat(next).isCompleted();
    assertThat(next.join().fencingToken()).isGreaterThan(lock.fencingToken());
  }

  @Test
  void versionsOfOneHold_inAnOutageOfHours_areBoundedInNumber() {
    World.Node a =
        world.node(
            "a",
            config -> {
              config.leaseDuration = Duration.ofDays(1);
              config.bounds = config.bounds.with(Bound.UNCONFIRMED_VERSIONS, 2_000);
            });
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.BROKEN_BEFORE);
    world.seconds(5 * 3_600);
    assertThat(a.store.count("heartbeat")).isEqualTo(1_999);
    a.store.heal();
    world.seconds(2);

    assertThat(lock.remaining()).isGreaterThan(Duration.ofHours(19));
  }
}
