package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.internal.virtual.VirtualTime;
import io.github.batonlock.support.RecordingListener;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What a listener is told, on a virtual clock. */
class ListenerTest {
  private final RecordingListener listener = new RecordingListener();
  private final List<String> told = listener.told;
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> {}, listener);

  @Test
  void life_ofALock_isTold() {
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.THROTTLED);
    world.seconds(11);
    a.store.heal();
    world.seconds(2);
    lock.close();
    world.time.settle();
    assertThat(told).containsExactly("acquired k", "jeopardy", "safe", "released k");
  }

  /** Regression: a lock that was taken then heard that all is well again, and nothing before. */
  @Test
  void jeopardyOfASession_isToldToALockThatIsTakenMeanwhile() {
    HeldLock first = a.acquired(request -> request.leases(Leases.shared()));
    LockKey session = first.session().orElseThrow();
    List<String> heard = new ArrayList<>();
    a.store.fail("heartbeat", Fault.THROTTLED);
    world.seconds(11);
    assertThat(told).containsExactly("acquired k", "jeopardy");

    HeldLock second = a.acquired(request -> request.key("k2").leases(Leases.shared()));
    second.onJeopardy(lock -> heard.add("jeopardy"));
    second.onSafe(lock -> heard.add("safe"));
    world.time.settle();
    assertThat(second.session()).contains(session);
    assertThat(told).containsExactly("acquired k", "jeopardy", "acquired k2", "jeopardy");
    a.store.heal();
    world.seconds(2);

    assertThat(heard).containsExactly("jeopardy", "safe");
    assertThat(told).endsWith("safe", "safe");
  }

  @Test
  void loss_isToldOnce() {
    a.acquired();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(60);
    assertThat(told).containsExactly("acquired k", "revoked ITEM_DELETED");
  }

  @Test
  void releaseWithoutAnAnswer_isToldOnce_andItsLateConfirmationToo() {
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.REQUEST_LOST);
    lock.close();
    world.time.settle();
    assertThat(told).containsExactly("acquired k", "unconfirmed LockStoreException");
    a.store.heal();
    world.seconds(10);
    assertThat(told).last().isEqualTo("released k");
  }

  @Test
  void lockFoundTakenAtItsRelease_isTold() {
    HeldLock lock = a.acquired();
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(LockKey.of("k")));
    row.put("ownerName", AttributeValue.fromS("somebody"));
    row.put("recordVersionNumber", AttributeValue.fromS("foreign"));
    world.table.putRow(LockKey.of("k"), row);
    lock.close();
    world.time.settle();
    assertThat(told).containsExactly("acquired k", "unconfirmed LockRevokedException");
  }

  @Test
  void suspend_isTold() {
    a.acquired();
    a.machine.suspend(Duration.ofSeconds(10));
    world.seconds(3);
    assertThat(told).containsExactly("acquired k", "clock 10");
  }

  @Test
  void pauseThatOnlyTheServerSaw_makesLocksSuspect_isTold_andSettledByOneHeartbeat() {
    long[] unseenMillis = new long[1];
    world.table.setServerDate(
        () ->
            Instant.ofEpochMilli(
                (VirtualTime.EPOCH + world.time.elapsed().toMillis() + unseenMillis[0])
                    / 1_000
                    * 1_000));
    HeldLock lock = a.acquired();
    world.seconds(60);
    assertThat(told).containsExactly("acquired k");
    // Both clocks of the machine stood still for eight seconds, as under a paused hypervisor.
    unseenMillis[0] = 8_000;
    long before = a.store.count("heartbeat");
    while (a.store.count("heartbeat") == before) {
      world.time.advance(Duration.ofMillis(1));
    }
    world.time.advance(Duration.ofMillis(4));

    assertThat(lock.isHeld()).isFalse();
    assertThat(lock.revocation()).isEmpty();
    world.time.advance(Duration.ofMillis(5));
    assertThat(lock.isHeld()).isTrue();
    assertThat(a.store.count("heartbeat")).isEqualTo(before + 2);
    assertThat(told).hasSize(2);
    assertThat(told.get(1)).matches("clock [5-7]");
  }
}
