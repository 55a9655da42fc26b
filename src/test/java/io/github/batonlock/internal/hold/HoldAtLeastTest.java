package io.github.batonlock.internal.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockWatch;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A lock that stays closed for a minute after its grant, as time-lines on a virtual clock. Lease 20
 * s, beat 5 s; requests take 4 ms.
 */
class HoldAtLeastTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static void aMinute(LockRequest.Builder request) {
    request.holdAtLeast(MINUTE);
  }

  private static Consumer<LockRequest.Builder> aMinuteAnd(Consumer<LockRequest.Builder> more) {
    return request -> more.accept(request.holdAtLeast(MINUTE));
  }

  private static void close(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  private boolean isClosed() {
    return world.attribute("keptClosed") != null && !world.isReleased();
  }

  private long restMillis() {
    return Long.parseLong(world.attribute("leaseDuration").s());
  }

  private Optional<HeldLock> tries(World.Node node) {
    CompletableFuture<Optional<HeldLock>> tried = node.client.tryAcquireAsync("k");
    world.seconds(0.1);
    return tried.join();
  }

  // The write

  @Test
  void release_beforeTheTimeIsOver_isOneWriteThatLeavesTheRest() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    String before = world.version();
    world.seconds(1);

    close(lock);
    world.seconds(0.1);

    assertThat(isClosed()).isTrue();
    assertThat(world.owner()).isEqualTo("a");
    assertThat(world.version()).isNotEqualTo(before);
    // Acquired advances 10 ms, of which the answer took 4.
    assertThat(restMillis()).isBetween(58_990L, 59_000L);
    assertThat(world.attribute("fencingToken").n()).isEqualTo(Long.toString(lock.fencingToken()));
    assertThat(world.attribute("ttl")).isNull();
    assertThat(a.store.count("keepclosed")).isEqualTo(1);
    assertThat(a.store.count("release")).isZero();
    assertThat(lock.isHeld()).isFalse();
    world.seconds(58);
    assertThat(isClosed()).isTrue();
  }

  @Test
  void release_afterTheTime_isAnOrdinaryOne() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    world.seconds(60);

    close(lock);
    world.seconds(0.1);

    assertThat(world.isReleased()).isTrue();
    assertThat(world.attribute("keptClosed")).isNull();
    assertThat(a.store.count("keepclosed")).isZero();
  }

  @Test
  void release_ofAFullItem_leavesTheMarkOut() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    a.store.failNext("keepclosed", Fault.INVALID);

    close(lock);
    world.seconds(0.1);

    assertThat(world.attribute("keptClosed")).isNull();
    assertThat(world.isReleased()).isFalse();
    assertThat(restMillis()).isBetween(59_900L, 60_000L);
    assertThat(tries(b)).isEmpty();
  }

  // Who waits

  @Test
  void otherClient_thatWaits_getsTheLockWhenTheRestIsOver() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    close(lock);

    world.seconds(58.5);
    assertThat(waiting).isNotDone();
    world.seconds(4);

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(waiting.join().fencingToken()).isEqualTo(lock.fencingToken() + 1);
    assertThat(world.attribute("keptClosed")).isNull();
  }

  @Test
  void waiterOfTheSameClient_isHandedNothing_andGetsTheLockWhenTheRestIsOver() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    close(lock);

    world.seconds(58.5);
    assertThat(waiting).isNotDone();
    world.seconds(2);

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(a.store.count("handoff")).isZero();
  }

  /** The time has passed when the lock is released: then it is handed on as ever. */
  @Test
  void waiterOfTheSameClient_isHandedTheLock_whenTheTimeIsOver() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(61);
    close(lock);
    world.seconds(0.1);

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(a.store.count("handoff")).isEqualTo(1);
  }

  /** It has seen its own release, and so needs no further look: two writes, no reads. */
  @Test
  void sameClient_thatTriesOnce_getsTheLockOnceTheRestIsOver() {
    close(a.acquired(HoldAtLeastTest::aMinute));
    world.seconds(1);

    assertThat(tries(a)).isEmpty();
    world.seconds(57);
    assertThat(tries(a)).isEmpty();
    world.seconds(2);
    assertThat(tries(a)).isPresent();
    assertThat(a.store.count("read")).isZero();
  }

  @Test
  void askedFor_isNotKeptForTheClientThatAsked() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> asking =
        b.acquire(request -> request.waitForever().requestRelease("deploy", MINUTE));
    lock.onReleaseRequested(asked -> close(lock));
    world.seconds(10);

    assertThat(isClosed()).isTrue();
    assertThat(a.store.count("handoff")).isZero();
    assertThat(asking).isNotDone();
    world.seconds(55);
    assertThat(asking.join().isHeld()).isTrue();
  }

  /** Three hosts start a job of 300 ms half a second apart; their clocks show different hours. */
  @Test
  void job_ofThreeHostsHalfASecondApart_runsOnce_whateverTheirClocksShow() {
    World.Node c = world.node("c");
    b.machine.stepWallClock(Duration.ofHours(-3));
    c.machine.stepWallClock(Duration.ofHours(3));
    List<String> ran = new ArrayList<>();
    for (String round : List.of("0", "1", "2")) {
      for (World.Node host : List.of(a, b, c)) {
        LockRequest job = LockRequest.builder("k").holdAtLeast(Duration.ofSeconds(10)).build();
        CompletableFuture<Optional<HeldLock>> tried = host.client.tryAcquireAsync(job);
        world.seconds(0.2);
        tried
            .join()
            .ifPresent(
                lock -> {
                  ran.add(round + host.client.ownerName());
                  world.time.schedule(Duration.ofMillis(100).toNanos(), () -> close(lock));
                });
        world.seconds(0.3);
      }
      // The next time of the schedule.
      world.seconds(60);
    }

    assertThat(ran).containsExactly("0a", "1a", "2a");
  }

  // What is shown

  @Test
  void inspectAndWatch_showTheLockAsClosed_andThenAsFree() {
    List<Liveness> watched = new ArrayList<>();
    LockWatch watch = b.client.watch("k", state -> watched.add(state.liveness()));
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    world.seconds(12);
    close(lock);
    world.seconds(10);

    assertThat(watched).endsWith(Liveness.ALIVE, Liveness.CLOSED);
    assertThat(watch.current().holder()).isEmpty();
    assertThat(livenessFor(a)).isEqualTo(Liveness.CLOSED);
    assertThat(livenessFor(b)).isEqualTo(Liveness.CLOSED);
    world.seconds(65);

    assertThat(watched).endsWith(Liveness.CLOSED, Liveness.FREE);
    assertThat(livenessFor(a)).isEqualTo(Liveness.FREE);
    watch.close();
  }

  private Liveness livenessFor(World.Node node) {
    CompletableFuture<Optional<LockInfo>> seen = node.client.inspectAsync("k");
    world.seconds(0.1);
    return seen.join().orElseThrow().liveness();
  }

  // Answers that are lost

  @ParameterizedTest
  @ValueSource(strings = {"ANSWER_LOST", "REQUEST_LOST", "BROKEN_AFTER", "BROKEN_BEFORE"})
  void releaseWithoutAnAnswer_isSentAgain_andGivesTheSameClientNothingSooner(Fault fault) {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    a.store.failNext("keepclosed", fault);
    close(lock);

    world.seconds(15);
    assertThat(isClosed()).isTrue();
    assertThat(waiting).isNotDone();
    world.seconds(44);
    assertThat(waiting).isNotDone();
    assertThat(lock.revocation()).isEmpty();
    world.seconds(20);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  /** Its lease is then the only thing that is left, for this client as for others. */
  @Test
  void releaseThatIsNeverApplied_leavesALease_forTheSameClient() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    a.store.fail("keepclosed", Fault.REQUEST_LOST);
    CompletableFuture<HeldLock> waiting = a.acquire(LockRequest.Builder::waitForever);
    close(lock);

    world.seconds(18);
    assertThat(waiting).isNotDone();
    world.seconds(10);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  @Test
  void releaseWithoutAnAnswer_untilTheTimeIsOver_isAnOrdinaryOne() {
    HeldLock lock = a.acquired(request -> request.holdAtLeast(Duration.ofSeconds(3)));
    a.store.fail("keepclosed", Fault.BROKEN_BEFORE);
    close(lock);
    world.seconds(5);

    assertThat(world.isReleased()).isTrue();
    assertThat(a.store.count("release")).isEqualTo(1);
  }

  // Which ends count

  static Stream<Consumer<LockRequest.Builder>> limits() {
    Thread worker = new Thread(() -> {});
    worker.start();
    try {
      worker.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Stream.of(
        request -> request.maxHold(Duration.ofMillis(1_500)),
        request -> request.stallLimit(Duration.ofMillis(1_500)),
        request -> request.whileAlive(worker));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void lossByALimit_counts_whenTheHolderHasStopped(Consumer<LockRequest.Builder> limit) {
    HeldLock lock = a.acquired(aMinuteAnd(limit));
    world.seconds(6);
    assertThat(lock.revocation()).isPresent();

    close(lock);
    world.seconds(0.1);

    assertThat(isClosed()).isTrue();
    assertThat(tries(a)).isEmpty();
    assertThat(restMillis()).isBetween(53_900L, 54_100L);
  }

  @ParameterizedTest
  @MethodSource("limits")
  void lossByALimit_counts_aLeaseLater(Consumer<LockRequest.Builder> limit) {
    HeldLock lock = a.acquired(aMinuteAnd(limit));
    world.seconds(27);

    assertThat(lock.revocation()).isPresent();
    assertThat(isClosed()).isTrue();
    assertThat(restMillis()).isLessThan(41_000L);
  }

  @ParameterizedTest
  @MethodSource("limits")
  void lossOfASharedLeaseByALimit_counts(Consumer<LockRequest.Builder> limit) {
    HeldLock lock = a.acquired(aMinuteAnd(r -> limit.accept(r.leases(Leases.shared()))));
    world.seconds(6);
    assertThat(lock.revocation()).isPresent();

    close(lock);
    world.seconds(0.1);

    assertThat(isClosed()).isTrue();
    assertThat(world.attribute("session")).isNull();
    assertThat(tries(a)).isEmpty();
  }

  @Test
  void leaseThatRanOut_doesNotCount() {
    HeldLock lock = a.acquired(HoldAtLeastTest::aMinute);
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(17);
    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.LEASE_EXPIRED);
    a.store.heal();

    close(lock);
    world.seconds(0.1);

    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void processThatIsKilled_leavesItsLeaseOnly() {
    HeldLock unused = a.acquired(HoldAtLeastTest::aMinute);
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(6);
    a.machine.crash();
    world.seconds(26);

    assertThat(waiting.join().isHeld()).isTrue();
  }

  @Test
  void lockThatNoCallerGot_isFree() {
    CompletableFuture<HeldLock> unwanted = a.acquire(HoldAtLeastTest::aMinute);
    world.time.schedule(Duration.ofMillis(3).toNanos(), () -> unwanted.cancel(false));
    world.seconds(2);

    assertThat(world.isReleased()).isTrue();
    assertThat(a.store.count("keepclosed")).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closeOfTheClient_counts(boolean isShared) {
    Leases leases = isShared ? Leases.shared() : Leases.own();
    HeldLock lock = a.acquired(aMinuteAnd(request -> request.leases(leases)));
    HeldLock other = a.acquired(request -> request.key("other").leases(leases));
    world.seconds(1);

    a.client.close();
    world.seconds(1);

    assertThat(lock.revocation().orElseThrow().reason()).isEqualTo(Reason.CLIENT_CLOSED);
    assertThat(other.isHeld()).isFalse();
    assertThat(isClosed()).isTrue();
    assertThat(world.attribute("session")).isNull();
    assertThat(restMillis()).isBetween(58_800L, 59_000L);
    assertThat(a.store.count("keepclosed")).isEqualTo(1);
    assertThat(tries(b)).isEmpty();
    CompletableFuture<Optional<HeldLock>> ofOther = b.client.tryAcquireAsync("other");
    world.seconds(0.1);
    assertThat(ofOther.join()).isPresent();
    world.seconds(60);
    assertThat(tries(b)).isPresent();
  }

  // Shared leases

  @Test
  void sharedLease_isReleasedByAWriteOfItsOwn() {
    HeldLock lock = a.acquired(aMinuteAnd(request -> request.leases(Leases.shared())));
    CompletableFuture<HeldLock> waiting =
        a.acquire(request -> request.leases(Leases.shared()).waitForever());
    world.seconds(1);

    close(lock);
    world.seconds(1);

    assertThat(isClosed()).isTrue();
    assertThat(world.attribute("session")).isNull();
    world.seconds(56);
    assertThat(waiting).isNotDone();
    world.seconds(4);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  /** Its session would free it otherwise, or its own client would take it for a ghost. */
  @Test
  void sharedLease_isKeptByItsSession_untilItsReleaseIsAnswered() {
    HeldLock lock = a.acquired(aMinuteAnd(request -> request.leases(Leases.shared())));
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    a.store.fail("keepclosed", Fault.REQUEST_LOST);
    close(lock);

    world.seconds(45);
    assertThat(tries(a)).isEmpty();
    assertThat(waiting).isNotDone();
    a.store.heal();
    world.seconds(10);
    assertThat(isClosed()).isTrue();
    assertThat(waiting).isNotDone();
    world.seconds(10);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  /** The table may have heartbeats that the client does not know of: the lock is not free yet. */
  @Test
  void sharedLease_thatRunsOutWhileTheLockIsClosed_doesNotFreeIt() {
    HeldLock lock = a.acquired(aMinuteAnd(request -> request.leases(Leases.shared())));
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(4);
    a.store.faults(write -> write.equals("keepclosed") ? Fault.REQUEST_LOST : Fault.ANSWER_LOST);
    world.seconds(10);
    close(lock);

    world.seconds(10);
    assertThat(waiting).isNotDone();
    a.store.heal();
    world.seconds(5);
    assertThat(isClosed()).isTrue();
    world.seconds(29);
    assertThat(waiting).isNotDone();
    world.seconds(5);
    assertThat(waiting.join().isHeld()).isTrue();
  }
}
