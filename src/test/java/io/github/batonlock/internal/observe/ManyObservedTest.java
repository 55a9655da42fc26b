package io.github.batonlock.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The locks of dead processes are taken over, however many are observed at once; as time-lines on a
 * virtual clock. Lease 20 s; requests take 4 ms.
 */
class ManyObservedTest {
  private static final int BOUND = 10;

  @RegisterExtension private final World world = new World();
  private final World.Node b =
      world.node(
          "b",
          config ->
              config.bounds =
                  config.bounds.with(Bound.OBSERVED_LOCKS, BOUND).with(Bound.OBSERVED_SESSIONS, 1));
  private final List<HeldLock> taken = new ArrayList<>();

  private List<String> left(World.Node node, int number) {
    List<String> keys =
        IntStream.range(0, number).mapToObj(i -> node.client.ownerName() + i).toList();
    keys.forEach(key -> node.acquired(r -> r.key(key)));
    return keys;
  }

  private List<String> leftByTheDead(int number) {
    World.Node a = world.node("a");
    List<String> keys = left(a, number);
    a.machine.crash();
    return keys;
  }

  /** Looks once at each of those that are not taken yet; how many are taken now. */
  private int sweep(List<String> keys) throws InterruptedException {
    for (String key : keys) {
      if (taken.stream().noneMatch(lock -> lock.key().equals(LockKey.of(key)))) {
        b.client.tryAcquire(key).ifPresent(taken::add);
      }
    }
    return taken.size();
  }

  /** Regression: each forgot what the others had seen. */
  @Test
  void locksOfTheDead_waitedForAllAtOnce_areTakenALeaseLater() {
    List<String> keys = leftByTheDead(5 * BOUND);
    List<CompletableFuture<HeldLock>> waiting =
        keys.stream().map(key -> b.acquire(r -> r.key(key).waitForever())).toList();
    world.seconds(19);
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    world.seconds(2);

    assertThat(waiting).allMatch(CompletableFuture::isDone);
  }

  /** Regression: none was ever taken. */
  @Test
  void locksOfTheDead_sweptNowAndThen_areTakenAsManyAsThereIsRoomForInALease()
      throws InterruptedException {
    List<String> keys = leftByTheDead(3 * BOUND);

    List<Integer> sweeps = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sweeps.add(sweep(keys));
      world.seconds(30);
    }

    assertThat(sweeps).containsExactly(0, BOUND, 2 * BOUND, 3 * BOUND, 3 * BOUND);
  }

  /** By default a client observes a hundred times as many. */
  @Test
  void locksOfTheDead_asManyAsTheBound_areAllTakenInTheSecondSweep() throws InterruptedException {
    World.Node c =
        world.node("c", config -> config.bounds = config.bounds.with(Bound.OBSERVED_LOCKS, 1_000));
    for (int i = 0; i < 1_000; i++) {
      world.table.putRow(LockKey.of("k" + i), heldByTheDead(i));
    }
    int granted = 0;
    for (int sweep = 0; sweep < 2; sweep++) {
      for (int i = 0; i < 1_000; i++) {
        granted += c.client.tryAcquire("k" + i).isPresent() ? 1 : 0;
      }
      assertThat(granted).isEqualTo(sweep == 0 ? 0 : 1_000);
    }
  }

  private static Map<String, AttributeValue> heldByTheDead(int number) {
    return Map.of(
        "ownerName", AttributeValue.fromS("dead"),
        "leaseDuration", AttributeValue.fromS("2000"),
        "recordVersionNumber",
            AttributeValue.fromS("%013d-%022d".formatted(1_767_225_600_000L, number)));
  }

  /** The locks of the living are seen anew each time: they make room. */
  @Test
  void locksOfTheDead_amongManyOfTheLiving_areTaken() throws InterruptedException {
    List<String> all = new ArrayList<>(left(world.node("living"), 3 * BOUND));
    List<String> dead = leftByTheDead(3);
    all.addAll(BOUND, dead);

    for (int i = 0; i < 8; i++) {
      sweep(all);
      world.seconds(7);
    }

    assertThat(taken).extracting(lock -> lock.key().toString()).hasSameElementsAs(dead);
  }

  /** Regression: that a session's item was missing was forgotten with the session. */
  @Test
  void locksOfDeadSessions_whoseItemsAreMissing_areTakenThoughOneSessionIsRemembered()
      throws InterruptedException {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      World.Node a = world.node("a" + i, config -> config.leases = Leases.shared());
      keys.addAll(left(a, 1));
      a.machine.crash();
    }
    world.table.keys().stream()
        .filter(key -> key.partitionKey().startsWith("baton.session/"))
        .forEach(world.table::removeRow);
    assertThat(sweep(keys)).isZero();
    world.seconds(22);

    assertThat(sweep(keys)).isEqualTo(4);
  }
}
