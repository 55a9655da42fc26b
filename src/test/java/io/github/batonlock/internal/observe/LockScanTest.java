package io.github.batonlock.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.Leases;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.InMemoryLockStore.Operation;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Listing the locks of a table, page after page. */
class LockScanTest implements LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> {}, this);
  private final List<MalformedLockItemException> told = new ArrayList<>();

  @Override
  public void malformedItem(MalformedLockItemException problem) {
    told.add(problem);
  }

  private static String key(int number) {
    return "k%02d".formatted(number);
  }

  private void locks(int number) {
    for (int i = 0; i < number; i++) {
      String key = key(i);
      a.acquired(r -> r.key(key));
    }
  }

  @Test
  void listing_ofSeveralPages_hasEachLockOnce() {
    locks(25);
    world.table.setPageSize(10);
    try (Stream<LockInfo> all = a.client.listLocks()) {
      assertThat(all.map(lock -> lock.key().partitionKey()))
          .containsExactlyElementsOf(IntStream.range(0, 25).mapToObj(LockScanTest::key).toList());
    }
    assertThat(world.table.count(Operation.LIST)).isEqualTo(3);
  }

  @Test
  void listing_thatIsNotReadToItsEnd_readsNoPageInAdvance() {
    locks(25);
    world.table.setPageSize(10);
    try (Stream<LockInfo> all = a.client.listLocks()) {
      assertThat(world.table.count(Operation.LIST)).isZero();
      Iterator<LockInfo> each = all.iterator();
      for (int i = 0; i < 10; i++) {
        assertThat(each.next().key()).isEqualTo(LockKey.of(key(i)));
      }
      assertThat(world.table.count(Operation.LIST)).isEqualTo(1);
      assertThat(each.next().key()).isEqualTo(LockKey.of(key(10)));
      assertThat(world.table.count(Operation.LIST)).isEqualTo(2);
    }
  }

  @Test
  void listing_ofATableWithSessionsAndOtherRows_hasLocksOnly_andTellsOfTheRest() {
    a.acquired(r -> r.key("a").leases(Leases.shared()));
    world.table.putRow(LockKey.of("b"), Map.of("ownerName", AttributeValue.fromN("1")));
    try (Stream<LockInfo> all = a.client.listLocks()) {
      assertThat(all.map(LockInfo::key)).containsExactly(LockKey.of("a"));
    }
    world.time.settle();
    assertThat(told).extracting(problem -> problem.key().partitionKey()).containsExactly("b");
  }

  @Test
  void listing_ofATableThatCannotBeRead_throws() {
    a.store.fail("list", Fault.ACCESS_DENIED);
    try (Stream<LockInfo> all = a.client.listLocks()) {
      assertThatThrownBy(all::count).isInstanceOf(LockStoreException.class);
    }
  }
}
