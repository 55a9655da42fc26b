package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.testing.FaultyStore.Fault;
import io.github.batonlock.testing.World;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What many granting writes without an answer bring is freed, however many versions it may have; as
 * time-lines on a virtual clock. Lease 20 s; a failure is answered in 4 ms.
 */
class ManyGrantsTest {
  private final World world = new World();
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
}
