package io.github.batonlock.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Watches of locks that a session keeps, and of the session itself. Lease 20 s, beat 5 s. */
class SharedLeaseWatchTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared());
  private final World.Node b = world.node("b");
  private final World.Node w = world.node("w");
  private final HeldLock lock = a.acquired();
  private final LockKey session = lock.session().orElseThrow();

  private List<String> watched(LockKey key) {
    List<String> lines = new ArrayList<>();
    w.client.watch(
        key,
        state ->
            lines.add(
                state.liveness()
                    + state.holder().map(info -> " " + info.ownerName()).orElse("")
                    + (state.problem().isPresent() ? " stale" : "")));
    world.seconds(0.02);
    return lines;
  }

  private List<String> watched() {
    return watched(LockKey.of("k"));
  }

  @Test
  void session_ofALockWithItsOwnLease_isEmpty() {
    assertThat(b.acquired(r -> r.key("own")).session()).isEmpty();
  }

  @Test
  void lockOfALivingSession_isAlive_andCostsTwoReadsAnInterval() {
    List<String> lines = watched();
    world.seconds(60);
    long before = w.store.trace().size();
    world.seconds(300);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
    assertThat(w.store.trace().size() - before).isBetween(116L, 124L);
  }

  @Test
  void locksOfOneSession_shareTheReadsOfIt() {
    for (int i = 0; i < 9; i++) {
      String key = "k" + i;
      a.acquired(r -> r.key(key));
      watched(LockKey.of(key));
    }
    List<String> ofSession = watched(session);
    world.seconds(60);
    long before = w.store.trace().size();
    world.seconds(100);
    assertThat(w.store.trace().size() - before).isBetween(190L, 210L);
    assertThat(ofSession).containsExactly("UNKNOWN a", "ALIVE a");
  }

  @Test
  void locksOfADeadSession_areDeadWithIt_andNothingIsWritten() {
    List<String> lines = watched();
    List<String> ofSession = watched(session);
    world.seconds(60);
    a.machine.pause();
    world.seconds(60);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "DEAD a");
    assertThat(ofSession).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "DEAD a");
    assertThat(w.store.count("poll") + w.store.count("look")).isEqualTo(w.store.trace().size());
    assertThat(world.table.row(session)).doesNotContainKey("isReleased");
  }

  @Test
  void lockOfASessionThatAWaiterHasEnded_isFreeUntilSomebodyTakesIt() {
    List<String> ofOther = watched(other().key());
    List<String> lines = watched();
    List<String> ofSession = watched(session);
    world.seconds(30);
    a.machine.pause();
    b.acquire(LockRequest.Builder::waitForever);
    world.seconds(60);
    assertThat(lines).startsWith("UNKNOWN a", "ALIVE a", "SUSPECT a").endsWith("ALIVE b");
    assertThat(ofOther).startsWith("UNKNOWN a", "ALIVE a", "SUSPECT a").endsWith("FREE");
    assertThat(ofSession).startsWith("UNKNOWN a", "ALIVE a", "SUSPECT a").endsWith("FREE");
  }

  private HeldLock other() {
    return a.acquired(r -> r.key("other"));
  }

  @Test
  void closedClient_freesItsSession() {
    List<String> lines = watched();
    List<String> ofSession = watched(session);
    world.seconds(30);
    a.client.close();
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "FREE");
    assertThat(ofSession).containsExactly("UNKNOWN a", "ALIVE a", "FREE");
  }

  @Test
  void lockOfAMissingSession_isSuspectAndDeadALeaseLater() {
    List<String> lines = watched();
    world.seconds(30);
    a.machine.pause();
    world.table.removeRow(session);
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a");
    world.seconds(13);
    assertThat(lines).hasSize(3);
    world.seconds(7);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "DEAD a");
  }

  @Test
  void watcherOfADeadSession_turnedWaiter_doesNotStartOver() throws InterruptedException {
    a.machine.pause();
    watched();
    world.seconds(21);
    assertThat(w.client.tryAcquire("k")).isPresent();
  }

  @Test
  void waiterThatWatches_theLockOfAMissingSession_getsItALeaseLater() {
    watched();
    world.seconds(30);
    a.machine.pause();
    world.table.removeRow(session);
    CompletableFuture<HeldLock> taken = w.acquire(LockRequest.Builder::waitForever);
    world.seconds(22);
    assertThat(taken).isCompleted();
  }

  @Test
  void lockThatCannotBeRead_isStale_whileItsSessionCan() {
    List<String> lines = watched();
    world.seconds(30);
    w.store.failKey("k", Fault.THROTTLED);
    world.seconds(30);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "ALIVE a stale");
    w.store.heal();
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "ALIVE a stale", "ALIVE a");
  }
}
