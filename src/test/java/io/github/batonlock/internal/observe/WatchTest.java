package io.github.batonlock.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.LockWatch;
import io.github.batonlock.LockWatch.State;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Watches, as time-lines on a virtual clock. Lease 20 s, beat 5 s; requests take 4 ms. */
class WatchTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final World.Node w = world.node("w");
  private final List<State> told = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  private LockWatch watch() {
    LockWatch watch = w.client.watch(LockKey.of("k"), this::tell);
    world.seconds(0.01);
    return watch;
  }

  private void tell(State state) {
    told.add(state);
    lines.add(
        state.liveness()
            + state.holder().map(info -> " " + info.ownerName()).orElse("")
            + (state.problem().isPresent() ? " stale" : ""));
  }

  private State last() {
    return told.get(told.size() - 1);
  }

  private long requests() {
    return w.store.trace().size();
  }

  @Test
  void firstState_whoeverHoldsTheLock_comesBeforeAnyChange() {
    watch();
    assertThat(lines).containsExactly("FREE");
    assertThat(last().lock()).isEmpty();

    HeldLock lock = a.acquired(r -> r.data(SdkBytes.fromUtf8String("x")));
    world.seconds(5);

    assertThat(lines).containsExactly("FREE", "ALIVE a");
    assertThat(last().holder().orElseThrow().fencingToken()).hasValue(lock.fencingToken());
    assertThat(last().holder().orElseThrow().data()).contains(SdkBytes.fromUtf8String("x"));
  }

  @Test
  void current_beforeAndAfterTheFirstLook_answersWithoutARequest() {
    a.acquired();
    LockWatch watch = w.client.watch(LockKey.of("k"), this::tell);
    assertThat(watch.current().liveness()).isEqualTo(Liveness.UNKNOWN);
    assertThat(watch.current().lock()).isEmpty();
    world.seconds(0.01);
    long before = requests();
    assertThat(watch.current().liveness()).isEqualTo(Liveness.UNKNOWN);
    assertThat(watch.current().holder().orElseThrow().ownerName()).isEqualTo("a");
    assertThat(requests()).isEqualTo(before);
    world.seconds(6);
    assertThat(watch.current().liveness()).isEqualTo(Liveness.ALIVE);
  }

  @Test
  void livingHolder_forALongTime_isToldOnceAndReadOncePerInterval() {
    a.acquired();
    watch();
    world.seconds(30);
    long before = requests();
    world.seconds(300);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
    assertThat(requests() - before).isBetween(58L, 62L);
    assertThat(w.store.count("poll")).isEqualTo(requests());
  }

  @Test
  void livingHolder_whoseWallClockIsFarOff_isReadOncePerIntervalToo() {
    a.machine.stepWallClock(Duration.ofHours(-7));
    a.acquired();
    watch();
    world.seconds(60);
    long before = requests();
    world.seconds(300);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
    assertThat(requests() - before).isBetween(56L, 64L);
  }

  @Test
  void holderThatUpdatesItsData_fromTimeToTime_isNeverSuspected() {
    HeldLock lock = a.acquired();
    watch();
    for (int i = 0; i < 40; i++) {
      var unused = lock.updateDataAsync(SdkBytes.fromUtf8String("x" + i));
      world.seconds(i % 7 + 0.3);
    }
    assertThat(lines).startsWith("UNKNOWN a", "ALIVE a").containsOnly("UNKNOWN a", "ALIVE a");
    assertThat(last().lock().orElseThrow().data()).contains(SdkBytes.fromUtf8String("x39"));
  }

  @Test
  void deadHolder_isSuspectWhenItsHeartbeatIsOverdue_andDeadALeaseAfterItsLastSign() {
    a.acquired();
    watch();
    world.seconds(62);
    a.machine.pause();
    Duration paused = world.time.elapsed();
    world.seconds(8);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a");
    world.seconds(13);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "DEAD a");
    assertThat(last().silent()).isBetween(Duration.ofSeconds(20), Duration.ofMillis(20_200));
    assertThat(world.time.elapsed().minus(paused)).isLessThan(Duration.ofSeconds(22));
    assertThat(w.store.count("look")).isEqualTo(1);
    long before = requests();
    world.seconds(100);
    assertThat(lines).hasSize(4);
    assertThat(requests() - before).isBetween(19L, 22L);
  }

  @Test
  void deadHolder_seenOnlyAsItIs_isSuspectAfterHalfALeaseAndDeadAfterAWholeOne() {
    a.acquired();
    a.machine.pause();
    watch();
    world.seconds(9.9);
    assertThat(lines).containsExactly("UNKNOWN a");
    world.seconds(0.2);
    assertThat(lines).containsExactly("UNKNOWN a", "SUSPECT a");
    world.seconds(9.8);
    assertThat(lines).hasSize(2);
    world.seconds(0.2);
    assertThat(lines).containsExactly("UNKNOWN a", "SUSPECT a", "DEAD a");
  }

  @Test
  void deadHolder_thatUsedToBeatOften_isSuspectEarly() {
    World.Node often = world.node("often", c -> c.heartbeatInterval = Duration.ofSeconds(1));
    often.acquired();
    watch();
    world.seconds(120);
    often.machine.pause();
    world.seconds(3.5);
    assertThat(lines).containsExactly("UNKNOWN often", "ALIVE often", "SUSPECT often");
  }

  @Test
  void slowHolder_thatBeatsAgain_isAliveAgain() {
    HeldLock lock = a.acquired();
    watch();
    world.seconds(61);
    a.machine.pause(Duration.ofSeconds(12));
    a.machine.resume();
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "ALIVE a");
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void watcherThatWasSuspended_doesNotDeclareALivingHolderSuspect() {
    a.acquired();
    watch();
    world.seconds(60);
    w.machine.suspend(Duration.ofSeconds(100));
    world.seconds(20);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
  }

  @Test
  void watcherThatWasPaused_withALookUnderWay_doesNotDeclareALivingHolderDead() {
    a.acquired();
    watch();
    world.seconds(60);
    long before = requests();
    while (requests() == before) {
      world.seconds(0.001);
    }
    w.machine.pause(Duration.ofSeconds(100));
    w.machine.resume();
    world.seconds(20);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
  }

  @Test
  void watcherThatWasSuspended_doesNotDeclareADeadHolderDeadBeforeItsOwnClockHasSeenALease() {
    a.acquired();
    a.machine.pause();
    watch();
    world.seconds(5);
    w.machine.suspend(Duration.ofSeconds(100));
    world.seconds(14.8);
    assertThat(lines).containsExactly("UNKNOWN a", "SUSPECT a");
    world.seconds(0.3);
    assertThat(lines).containsExactly("UNKNOWN a", "SUSPECT a", "DEAD a");
  }

  @Test
  void outage_keepsTheState_isToldAsStale_andOverWhenReadsAreAnswered() {
    a.acquired();
    LockWatch watch = watch();
    world.seconds(60);
    w.store.failAll(Fault.THROTTLED);
    world.seconds(60);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "ALIVE a stale");
    assertThat(watch.current().problem()).containsInstanceOf(LockStoreException.class);
    w.store.heal();
    world.seconds(60);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "ALIVE a stale", "ALIVE a");
    long before = requests();
    world.seconds(300);
    assertThat(requests() - before).isBetween(56L, 64L);
  }

  @Test
  void outageFromTheStart_isToldAsUnknown() {
    a.acquired();
    w.store.failAll(Fault.ACCESS_DENIED);
    watch();
    assertThat(lines).containsExactly("UNKNOWN stale");
    w.store.heal();
    world.seconds(5);
    assertThat(lines).containsExactly("UNKNOWN stale", "UNKNOWN a", "ALIVE a");
  }

  @Test
  void handover_toAnotherHolder_isToldWithTheNewToken() {
    HeldLock first = a.acquired();
    watch();
    CompletableFuture<HeldLock> second = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    first.close();
    world.seconds(10);
    assertThat(second).isCompleted();
    assertThat(lines).startsWith("UNKNOWN a", "ALIVE a").endsWith("ALIVE b");
    assertThat(last().holder().orElseThrow().fencingToken()).hasValue(first.fencingToken() + 1);
    a.acquire(LockRequest.Builder::waitForever);
    b.machine.pause();
    world.seconds(30);
    assertThat(lines).containsSubsequence("ALIVE b", "SUSPECT b", "ALIVE a");
  }

  @Test
  void failureOfAnotherKind_isNews() {
    a.acquired();
    LockWatch watch = watch();
    world.seconds(60);
    w.store.failAll(Fault.THROTTLED);
    world.seconds(60);
    w.store.failAll(Fault.ACCESS_DENIED);
    world.seconds(60);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "ALIVE a stale", "ALIVE a stale");
    assertThat(watch.current().problem().map(WatchTest::kindOf)).contains(Kind.ACCESS_DENIED);
    assertThat(last().problem().map(WatchTest::kindOf)).contains(Kind.ACCESS_DENIED);
  }

  private static Kind kindOf(LockException problem) {
    return ((LockStoreException) problem).kind();
  }

  @Test
  void releaseAndDelete_areBothFree_withAndWithoutWhatTheLastHolderLeft() {
    HeldLock lock = a.acquired();
    watch();
    world.seconds(7);
    lock.close();
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "FREE");
    assertThat(last().lock().orElseThrow().fencingToken()).hasValue(lock.fencingToken());
    assertThat(last().silent()).isZero();
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "FREE", "FREE");
    assertThat(last().lock()).isEmpty();
  }

  @Test
  void rowThatIsNoLock_isUnknown_andSaysWhy() {
    world.table.putRow(
        LockKey.of("k"),
        Map.of("key", AttributeValue.fromS("k"), "note", AttributeValue.fromS("mine")));
    watch();
    assertThat(lines).containsExactly("UNKNOWN stale");
    assertThat(last().problem()).containsInstanceOf(MalformedLockItemException.class);
    world.table.removeRow(LockKey.of("k"));
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN stale", "FREE");
  }

  @Test
  void listeners_ofOneKey_shareItsReads_andTheLastOneEndsThem() {
    a.acquired();
    LockWatch first = watch();
    world.seconds(30);
    List<State> others = new ArrayList<>();
    LockWatch second =
        w.client.watch(
            LockKey.of("k"),
            state -> {
              others.add(state);
              throw new IllegalStateException("a listener may throw");
            });
    world.time.settle();
    assertThat(others).extracting(State::liveness).containsExactly(Liveness.ALIVE);
    long before = requests();
    world.seconds(100);
    assertThat(requests() - before).isBetween(19L, 22L);

    first.close();
    first.close();
    a.machine.pause();
    world.seconds(30);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a");
    assertThat(others)
        .extracting(State::liveness)
        .containsExactly(Liveness.ALIVE, Liveness.SUSPECT, Liveness.DEAD);

    second.close();
    world.seconds(1);
    before = requests();
    world.seconds(100);
    assertThat(requests()).isEqualTo(before);
  }

  @Test
  void closingTheClient_endsItsWatches() {
    a.acquired();
    LockWatch watch = watch();
    w.client.close();
    long before = requests();
    world.seconds(100);
    assertThat(requests()).isEqualTo(before);
    assertThat(watch.current().liveness()).isEqualTo(Liveness.UNKNOWN);
    watch.close();
    assertThatThrownBy(() -> w.client.watch(LockKey.of("k"), this::tell))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void watcherTurnedWaiter_doesNotWaitALeaseOnceMore() throws InterruptedException {
    a.acquired();
    a.machine.pause();
    watch();
    world.seconds(20.1);
    Duration before = world.time.elapsed();
    assertThat(w.client.tryAcquire("k")).isPresent();
    assertThat(world.time.elapsed().minus(before)).isLessThan(Duration.ofMillis(20));
  }

  @Test
  void waiterTurnedWatcher_knowsADeathAtOnce_onceAConsistentReadHasConfirmedIt()
      throws InterruptedException {
    a.acquired();
    a.machine.pause();
    assertThat(w.client.tryAcquire("k")).isEmpty();
    world.seconds(20.1);
    watch();
    assertThat(lines).containsExactly("DEAD a");
    assertThat(w.store.count("look")).isEqualTo(1);
  }

  @Test
  void ownHold_isWatchedLikeAnyOther() {
    watch();
    HeldLock lock = w.acquired();
    world.seconds(60);
    lock.close();
    world.seconds(6);
    assertThat(lines).containsExactly("FREE", "ALIVE w", "FREE");
  }

  @Test
  void stateAndItem_neverDifferInWhatTheySayOfTheHolder() {
    a.acquired();
    watch();
    world.seconds(30);
    b.acquire(LockRequest.Builder::waitForever);
    a.machine.pause();
    world.seconds(30);
    assertThat(lines).containsExactly("UNKNOWN a", "ALIVE a", "SUSPECT a", "DEAD a", "ALIVE b");
    for (State state : told) {
      LockInfo lock = state.lock().orElseThrow();
      assertThat(lock.liveness()).isEqualTo(state.liveness());
      assertThat(lock.silentSince().isPresent()).isEqualTo(state.liveness() != Liveness.ALIVE);
    }
  }

  @Test
  void sharedLease_atFirst_isAsUnknownAsItsSession() {
    World.Node holder = world.node("s", c -> c.leases = Leases.shared());
    holder.acquired();
    watch();
    assertThat(lines).containsExactly("UNKNOWN s");
    world.seconds(6);
    assertThat(lines).containsExactly("UNKNOWN s", "ALIVE s");
  }
}
