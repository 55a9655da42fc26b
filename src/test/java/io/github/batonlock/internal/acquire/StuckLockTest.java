package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Locks that nobody holds and others could not get, as time-lines on a virtual clock. Lease 20 s;
 * requests take 4 ms.
 */
class StuckLockTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared());
  private final World.Node b = world.node("b");

  private LockKey session() {
    AttributeValue text = world.attribute("session");
    return LockKey.of(text.s().substring(text.s().indexOf(' ') + 1));
  }

  /** No lease of its own ends that of a shared lock: its session goes on. */
  @Test
  void sharedLock_heldForLong_isReleasedAlthoughTheFirstTriesFail() {
    HeldLock other = a.acquired(r -> r.key("other"));
    HeldLock lock = a.acquired();
    world.seconds(100);
    a.store.fail("release", Fault.THROTTLED);
    lock.closeAsync();
    world.seconds(30);
    assertThat(world.isReleased()).isFalse();
    a.store.heal();
    world.seconds(2);
    assertThat(world.isReleased()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void sharedLock_thatCannotBeReleased_isFreeWhenItsSessionHasEnded() {
    HeldLock lock = a.acquired();
    world.seconds(100);
    a.store.failKey("k", Fault.THROTTLED);
    CompletableFuture<Void> closed = lock.closeAsync();
    world.seconds(30);
    assertThat(world.table.row(session())).containsKey("isReleased");
    long requests = a.store.trace().size();
    world.seconds(100);
    assertThat(closed).isCompleted();
    assertThat(a.store.trace()).hasSize((int) requests);
    CompletableFuture<HeldLock> next = b.acquire(r -> r.waitForever());
    world.seconds(1);
    assertThat(next).isCompleted();
  }

  /** A watch that has seen the version replaced must not take it for a stale answer for ever. */
  @Test
  void sessionBroughtBack_isWatchedAnew_andEndedALeaseLater() {
    HeldLock lock = a.acquired();
    LockKey session = session();
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(3);
    Map<String, AttributeValue> old = world.table.row(session);
    world.seconds(20);
    world.table.putRow(session, old);
    world.seconds(10);
    assertThat(lock.revocation()).isPresent();
    world.seconds(16);
    assertThat(waiting).isNotDone();
    long looks = b.store.count("look");
    world.seconds(26);
    assertThat(waiting).isCompleted();
    assertThat(b.store.count("look") - looks).isLessThan(5);
  }

  /** However few wait at a time, and so leave the line empty in between. */
  @Test
  void lockHandedFromOneToTheNext_isLeftToOtherClientsNowAndThen() {
    World.Node c = world.node("c");
    HeldLock lock = c.acquired();
    CompletableFuture<HeldLock> there = b.acquire(r -> r.waitForever());
    for (int turn = 0; turn < 100 && !there.isDone(); turn++) {
      CompletableFuture<HeldLock> next = c.acquire(r -> r.waitForever());
      world.seconds(0.2);
      lock.close();
      world.until(
          "one of both has the lock", Duration.ofMinutes(1), () -> next.isDone() || there.isDone());
      if (next.isDone()) {
        lock = next.join();
      }
    }
    assertThat(there).isCompleted();
  }
}
