package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.COLLECTION;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.Logged;
import io.github.batonlock.support.RecordingListener;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The close of a client whose table does not take releases: how long it takes, and what it tells.
 * Lease 20 s, close timeout 10 s; requests 4 ms.
 */
class CloseInTroubleTest {
  private static final Duration SHORT = Duration.ofMillis(1_100);

  @RegisterExtension private final Logged log = new Logged(Warnings.class);
  @RegisterExtension private final World world = new World();
  private final RecordingListener listener = new RecordingListener();
  private final World.Node a = world.node("a", config -> {}, listener);

  private void acquireTen() {
    for (int i = 0; i < 10; i++) {
      String key = "k" + i;
      a.acquired(request -> request.key(key));
    }
  }

  private Duration closing() {
    listener.told.clear();
    Duration began = world.time.elapsed();
    a.client.close();
    world.time.settle();
    return world.time.elapsed().minus(began);
  }

  private int unconfirmed() {
    return Collections.frequency(listener.told, "unconfirmed LockStoreException");
  }

  @ParameterizedTest
  @EnumSource(names = {"REFUSED", "ACCESS_DENIED", "INVALID"})
  void close_whenNoTryCanHelp_endsSoon_andTellsEachLock(Fault fault) {
    acquireTen();
    a.store.failAll(fault);

    assertThat(closing()).isLessThan(SHORT);

    assertThat(unconfirmed()).isEqualTo(10);
    assertThat(a.store.count("release")).isBetween(10L, 80L);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .matches(".*, 10 locks: ('k\\d', ){3}\\.\\.\\.; last failure: injected: .*");
    assertThat(log.traces()).isZero();
  }

  @Test
  void close_whenTheTableIsBackInTime_waitsForIt() {
    acquireTen();
    a.store.failAll(Fault.BROKEN_BEFORE);
    world.time.schedule(Duration.ofSeconds(5).toNanos(), a.store::heal);

    assertThat(closing()).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(7));

    assertThat(unconfirmed()).isZero();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void close_whenTheConnectionIsRefusedForAMoment_triesAgain() {
    acquireTen();
    a.store.failAll(Fault.REFUSED);
    world.time.schedule(Duration.ofMillis(300).toNanos(), a.store::heal);

    assertThat(closing()).isLessThan(SHORT);

    assertThat(unconfirmed()).isZero();
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void close_whenNoReleaseIsAnswered_tellsEachLockAtItsEnd() {
    acquireTen();
    a.store.failAll(Fault.BROKEN_BEFORE);

    assertThat(closing()).isEqualTo(Duration.ofSeconds(10));

    assertThat(unconfirmed()).isEqualTo(10);
    assertThat(log.lines()).singleElement().asString().contains("10 locks", "the last try failed");
  }

  /** A release of before the close waits for its next try, which may be a lease away. */
  @Test
  void close_whileEarlierReleasesPause_triesThemAtOnce() {
    HeldLock lock = a.acquired();
    a.store.failAll(Fault.ACCESS_DENIED);
    var unused = lock.closeAsync();
    world.seconds(9);

    assertThat(closing()).isLessThan(SHORT);

    assertThat(log.lines()).last().asString().contains("1 locks: 'k'");
  }

  @Test
  void close_ofASharedLease_tellsEachOfItsLocks() {
    for (int i = 0; i < 3; i++) {
      String key = "k" + i;
      a.acquired(request -> request.key(key).leases(Leases.session("s")));
    }
    a.store.failAll(Fault.REFUSED);

    assertThat(closing()).isLessThan(SHORT);

    assertThat(unconfirmed()).isEqualTo(3);
    assertThat(log.lines()).singleElement().asString().contains("3 locks: 'k0', 'k1', 'k2'");
  }

  @Test
  void close_whileWorkGoesOn_tellsTheLockThatItDidNotRelease() {
    a.acquired(request -> request.key("other"));
    closesDuringWork(Leases.own(), 1);
  }

  /** The session lives on for the work, so it frees none of its locks. */
  @Test
  void close_whileWorkGoesOnUnderASharedLease_tellsAllItsLocks() {
    a.acquired(request -> request.key("other").leases(Leases.session("s")));
    closesDuringWork(Leases.session("s"), 2);
  }

  /** Regression: the look took the lock for what a late write had left, and freed it. */
  @Test
  void close_whileWorkGoesOn_leavesTheLockTaken_alsoWhereALateWriteIsLookedFor() {
    a.store.failNext("acquire", Fault.SDK_RETRY);
    LockRequest request = LockRequest.builder().key("k").leases(Leases.session("s")).build();
    List<Set<String>> rows = new ArrayList<>();
    assertThatThrownBy(
            () ->
                a.client.runLocked(
                    request,
                    lock -> {
                      world.seconds(12);
                      Duration unused = closing();
                      rows.add(world.table.row(LockKey.of("k")).keySet());
                    }))
        .isInstanceOf(LockRevokedException.class);

    assertThat(a.store.count("look")).isOne();
    assertThat(rows).singleElement().asInstanceOf(COLLECTION).doesNotContain("isReleased");
  }

  private void closesDuringWork(Leases leases, int left) {
    LockRequest request = LockRequest.builder().key("k").leases(leases).build();
    List<Duration> took = new ArrayList<>();
    assertThatThrownBy(() -> a.client.runLocked(request, lock -> took.add(closing())))
        .isInstanceOf(LockRevokedException.class);
    assertThat(took).containsExactly(Duration.ofSeconds(10));
    assertThat(unconfirmed()).isEqualTo(left);
    assertThat(log.lines()).singleElement().asString().contains(left + " locks: ");
  }

  @Test
  void locks_closedInAnOutage_leaveFewLines() {
    List<HeldLock> locks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      locks.add(a.acquired(request -> request.key(key)));
      if (i % 100 == 0) {
        world.time.settle();
      }
    }
    a.store.failAll(Fault.BROKEN_BEFORE);

    locks.forEach(
        lock -> {
          var unused = lock.closeAsync();
        });
    world.seconds(12);

    assertThat(unconfirmed()).isEqualTo(1_000);
    assertThat(log.lines()).hasSize(10);
    assertThat(log.lines()).last().asString().contains("(512 times so far)");
    assertThat(log.traces()).isZero();
  }

  @Test
  void locks_lostUnheard_leaveFewLines() {
    World.Node b = world.node("b");
    List<HeldLock> locks = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      String key = "k" + i;
      locks.add(b.acquired(request -> request.key(key)));
    }
    b.store.failAll(Fault.BROKEN_BEFORE);
    world.seconds(30);

    assertThat(locks).noneMatch(HeldLock::isHeld);
    assertThat(log.lines()).hasSize(10);
    assertThat(log.lines().get(0)).contains("no callback or listener", "LEASE_EXPIRED", "injected");
    assertThat(log.traces()).isZero();
  }

  @Test
  void loss_thatACallbackOrAListenerHears_leavesNoLine() {
    World.Node b = world.node("b");
    HeldLock withCallback = b.acquired(request -> request.key("b").onRevoked(loss -> {}));
    HeldLock withListener = a.acquired();
    a.store.failAll(Fault.BROKEN_BEFORE);
    b.store.failAll(Fault.BROKEN_BEFORE);
    world.seconds(30);

    assertThat(List.of(withCallback, withListener)).noneMatch(HeldLock::isHeld);
    assertThat(log.lines()).isEmpty();
  }

  /** A minute later the event is news again. */
  @Test
  void losses_ofAnotherDay_areLoggedAnew() {
    World.Node b = world.node("b");
    for (int i = 0; i < 3; i++) {
      HeldLock lock = b.acquired();
      b.store.failAll(Fault.BROKEN_BEFORE);
      world.seconds(30);
      assertThat(lock.isHeld()).isFalse();
      b.store.heal();
      world.seconds(60);
    }
    assertThat(log.lines()).hasSize(3).noneMatch(line -> line.contains("times so far"));
  }

  @Test
  void callbacks_thatThrow_leaveOneTrace() {
    World.Node b = world.node("b");
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      b.acquired(
          request ->
              request
                  .key(key)
                  .onRevoked(
                      loss -> {
                        throw new IllegalStateException("of the user's");
                      }));
    }
    b.client.close();
    world.time.settle();

    assertThat(log.lines()).hasSize(7);
    assertThat(log.traces()).isEqualTo(1);
  }
}
