package io.github.batonlock.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.recipe.MultiLock.HeldLocks;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several locks at once that differ by their sort keys only. Requests take 4 ms. */
class LocksOfOnePartitionTest {
  private static final Duration LONG = Duration.ofHours(1);

  @RegisterExtension private final World world = new World("sort");
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static MultiLock of(World.Node node, String... sortKeys) {
    List<LockRequest> requests =
        Stream.of(sortKeys)
            .map(sort -> LockRequest.builder().key(LockKey.of("p", sort)).build())
            .toList();
    return MultiLock.of(node.client, requests.toArray(LockRequest[]::new));
  }

  @Test
  void locks_areInTheOrderOfTheirSortKeys_howeverTheyAreNamed() throws InterruptedException {
    HeldLocks locks = of(a, "z", "x", "y").tryAcquire().orElseThrow();
    assertThat(locks.locks())
        .extracting(HeldLock::key)
        .containsExactly(LockKey.of("p", "x"), LockKey.of("p", "y"), LockKey.of("p", "z"));
  }

  @Test
  void takenInOrder_byTwoWhoNameThemInOppositeOrders_areNotWaitedForInACircle() {
    CompletableFuture<HeldLocks> first = of(a, "x", "y").inOrder().acquireAsync(LONG);
    CompletableFuture<HeldLocks> second = of(b, "y", "x").inOrder().acquireAsync(LONG);
    world.seconds(3);
    assertThat(List.of(first, second)).filteredOn(CompletableFuture::isDone).hasSize(1);

    (first.isDone() ? first : second).join().close();
    world.seconds(3);
    assertThat(List.of(first, second)).allMatch(CompletableFuture::isDone);
  }
}
