package io.github.batonlock.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.Liveness;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockRevokedException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.protocol.SessionKey;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Locks kept by their client's session, as time-lines on a virtual clock. Lease 20 s, usable 16 s,
 * beat 5 s; requests take 4 ms.
 */
class SharedLeaseTest implements LockListener {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a", config -> config.leases = Leases.shared(), this);
  private final World.Node b = world.node("b");
  private final List<String> told = new ArrayList<>();

  @Override
  public void acquired(HeldLock lock) {
    told.add("acquired " + lock.key());
  }

  @Override
  public void released(HeldLock lock) {
    told.add("released " + lock.key());
  }

  @Override
  public void jeopardy(HeldLock lock) {
    told.add("jeopardy " + lock.key());
  }

  @Override
  public void safe(HeldLock lock) {
    told.add("safe " + lock.key());
  }

  private List<HeldLock> acquired(World.Node node, int number) {
    List<HeldLock> locks = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      String key = "k" + i;
      locks.add(node.acquired(r -> r.key(key)));
    }
    return locks;
  }

  private LockKey session() {
    AttributeValue text = world.attribute("session");
    return LockKey.of(text.s().substring(text.s().indexOf(' ') + 1));
  }

  @Test
  void thousandLocks_costOneHeartbeatAnInterval() {
    List<HeldLock> locks = acquired(a, 1_000);
    assertThat(a.store.count("open")).isEqualTo(1);
    long before = a.store.trace().size();
    world.seconds(100);
    assertThat(a.store.trace().size() - before).isBetween(19L, 21L);
    assertThat(locks).allMatch(HeldLock::isHeld);
  }

  @Test
  void lock_namesASessionThatWasThereBefore() {
    HeldLock lock = a.acquired();
    assertThat(a.store.trace())
        .extracting(line -> line.substring(line.indexOf(" ") + 1))
        .startsWith("open", "acquire");
    assertThat(SessionKey.isSession(session())).isTrue();
    assertThat(world.attribute("session").s()).startsWith(world.version() + " ");
    assertThat(world.table.row(session())).doesNotContainKey("isReleased");
    assertThat(lock.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(16));
    assertThat(told).containsExactly("acquired k");
  }

  @Test
  void release_isOneWrite_andTheSessionGoesOnForTheOthers() {
    List<HeldLock> locks = acquired(a, 2);
    locks.get(0).close();
    world.seconds(60);
    assertThat(locks.get(1).isHeld()).isTrue();
    assertThat(b.acquired(r -> r.key("k0")).isHeld()).isTrue();
    assertThat(a.store.count("release")).isEqualTo(1);
  }

  @Test
  void session_endsALeaseAfterItsLastLock_andTheNextLockOpensAnother() {
    HeldLock before = a.acquired();
    LockKey first = session();
    before.close();
    world.seconds(25);
    assertThat(world.table.row(first)).containsKeys("isReleased", "ttl");
    long requests = a.store.trace().size();
    world.seconds(100);
    assertThat(a.store.trace()).hasSize((int) requests);
    HeldLock lock = a.acquired();
    assertThat(session()).isNotEqualTo(first);
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();
    assertThat(told).containsExactly("acquired k", "released k", "acquired k");
  }

  @Test
  void closingTheClient_freesAllByOneWrite() throws InterruptedException {
    List<HeldLock> locks = acquired(a, 100);
    List<Revocation> revoked = a.revocations(locks.get(50));
    long before = a.store.trace().size();
    a.client.close();
    assertThat(a.store.trace().size() - before).isEqualTo(1);
    assertThat(revoked).extracting(Revocation::reason).containsExactly(Reason.CLIENT_CLOSED);
    assertThat(locks).noneMatch(HeldLock::isHeld);
    for (int i = 0; i < 100; i++) {
      String key = "k" + i;
      assertThat(b.client.tryAcquire(key)).isPresent();
    }
    assertThat(b.store.count("look")).isEqualTo(1);
  }

  @Test
  void closingTheClient_waitsForTheCallbacksOfAllLocks() {
    List<HeldLock> locks = acquired(a, 3);
    LockKey session = LockKey.of(sessionOf("k0"));
    List<Boolean> free = new ArrayList<>();
    locks.forEach(
        lock ->
            lock.onRevoked(
                revocation -> free.add(world.table.row(session).containsKey("isReleased"))));
    a.client.close();
    assertThat(free).containsExactly(false, false, false);
    assertThat(world.table.row(session)).containsKey("isReleased");
  }

  /** The work of a guarded call may take longer to stop than it takes to tell it. */
  @Test
  void closingTheClient_keepsTheSessionWhileWorkGoesOnUnderItsLocks() {
    HeldLock lock = a.acquired();
    LockKey session = session();
    CompletableFuture<Void> work = ((DefaultHeldLock) lock).callbacks().workBegins(() -> {});
    List<Boolean> free = new ArrayList<>();
    world.time.schedule(
        Duration.ofSeconds(2).toNanos(),
        () -> {
          free.add(world.table.row(session).containsKey("isReleased"));
          work.complete(null);
        });
    a.client.close();
    assertThat(lock.revocation()).isPresent();
    assertThat(free).containsExactly(false);
    assertThat(world.table.row(session)).containsKey("isReleased");
  }

  private String sessionOf(String key) {
    String text = world.table.row(LockKey.of(key)).get("session").s();
    return text.substring(text.indexOf(' ') + 1);
  }

  @Test
  void deadSession_costsOneLeaseForAllItsLocks() {
    acquired(a, 50);
    List<CompletableFuture<HeldLock>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String key = "k" + i;
      waiting.add(b.acquire(r -> r.key(key).waitForever()));
    }
    world.seconds(12);
    a.machine.pause(Duration.ZERO);
    world.seconds(20.2);
    assertThat(waiting).allMatch(CompletableFuture::isDone);
    assertThat(b.store.count("end")).isEqualTo(1);
    assertThat(b.store.count("takeover")).isEqualTo(50);
  }

  @Test
  void deadSession_locksMetLaterAreFreeAtOnce() throws InterruptedException {
    acquired(a, 3);
    a.machine.pause(Duration.ZERO);
    assertThat(b.client.acquire(LockRequest.builder("k0").build()).isHeld()).isTrue();
    Duration before = world.time.elapsed();
    assertThat(b.client.tryAcquire("k1")).isPresent();
    assertThat(b.client.acquire("k2").isHeld()).isTrue();
    assertThat(world.time.elapsed().minus(before)).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void tryAcquire_ofADeadSessionsLock_succeedsOnceItWasSeenSilentForALease()
      throws InterruptedException {
    a.acquired();
    a.machine.pause(Duration.ZERO);
    assertThat(b.client.tryAcquire("k")).isEmpty();
    assertThat(b.store.trace())
        .extracting(line -> line.substring(line.indexOf(" ") + 1))
        .containsExactly("acquire", "look");
    world.seconds(19.9);
    assertThat(b.client.tryAcquire("k")).isEmpty();
    world.seconds(0.1);
    assertThat(b.client.tryAcquire("k")).isPresent();
  }

  @Test
  void waiter_neverTakesALockByItsOwnUnmovingVersion() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(300);
    assertThat(lock.isHeld()).isTrue();
    assertThat(waiting).isNotDone();
    assertThat(b.store.count("takeover") + b.store.count("end")).isZero();
    lock.close();
    world.seconds(2);
    assertThat(waiting).isCompleted();
  }

  @Test
  void endedSession_isLostAtOnceWithAllItsLocks_onceItsClientHears() throws InterruptedException {
    List<HeldLock> locks = acquired(a, 3);
    List<Revocation> first = a.revocations(locks.get(0));
    List<Revocation> last = a.revocations(locks.get(2));
    a.machine.pause(Duration.ZERO);
    b.acquire(r -> r.key("k1").waitForever());
    world.seconds(30);
    a.machine.resume();
    world.seconds(1);
    assertThat(first).hasSize(1);
    assertThat(last).hasSize(1);
    assertThat(locks).noneMatch(HeldLock::isHeld);
    assertThatThrownBy(() -> locks.get(2).ensureHeld()).isInstanceOf(LockRevokedException.class);
    HeldLock again = a.client.acquire("k2");
    assertThat(again.isHeld()).isTrue();
    assertThat(again.fencingToken()).isGreaterThan(locks.get(2).fencingToken());
  }

  @Test
  void outage_shorterThanTheLease_isJeopardyAndThenSafeForEachLock() {
    List<HeldLock> locks = acquired(a, 2);
    List<String> safe = new ArrayList<>();
    locks.get(1).onSafe(lock -> safe.add(lock.key().toString()));
    told.clear();
    world.seconds(5);
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(10.5);
    a.store.heal();
    world.seconds(6);
    assertThat(told).containsExactly("jeopardy k0", "jeopardy k1", "safe k0", "safe k1");
    assertThat(safe).containsExactly("k1");
    assertThat(locks).allMatch(HeldLock::isHeld);
  }

  @Test
  void outage_longerThanTheLease_revokesAllAtTheDeadline_andFreesThemByOneWrite() {
    List<HeldLock> locks = acquired(a, 3);
    List<Revocation> revoked = a.revocations(locks.get(1));
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(21);
    assertThat(revoked).extracting(Revocation::reason).containsExactly(Reason.LEASE_EXPIRED);
    assertThat(locks).noneMatch(HeldLock::isHeld);
    a.store.heal();
    world.seconds(30);
    assertThat(world.table.row(LockKey.of(sessionOf("k0")))).containsKey("isReleased");
  }

  @Test
  void missingSession_isBelievedAfterALease_andReplacedByAnEndedOne() {
    HeldLock lock = a.acquired();
    LockKey session = session();
    a.machine.pause(Duration.ZERO);
    world.table.removeRow(session);
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(19.9);
    assertThat(waiting).isNotDone();
    assertThat(b.store.count("end")).isZero();
    world.seconds(0.3);
    assertThat(waiting).isCompleted();
    assertThat(world.table.row(session)).containsKeys("isReleased", "ttl");
    assertThat(waiting.join().fencingToken()).isEqualTo(lock.fencingToken() + 1);
  }

  @Test
  void deletedSession_isLostAtTheNextHeartbeat() {
    HeldLock lock = a.acquired();
    List<Revocation> revoked = a.revocations(lock);
    world.table.removeRow(session());
    world.seconds(5.1);
    assertThat(revoked).extracting(Revocation::reason).containsExactly(Reason.ITEM_DELETED);
  }

  @Test
  void grantThatArrivesAfterTheSessionWasLost_isNotReturned() {
    HeldLock first = a.acquired(r -> r.key("first"));
    a.store.failNext("acquire", Fault.APPLIED_LATER);
    CompletableFuture<HeldLock> late = a.acquire(r -> r.waitForever());
    world.time.settle();
    world.table.removeRow(LockKey.of(sessionOf("first")));
    world.seconds(60);
    assertThat(first.isHeld()).isFalse();
    assertThat(late).isCompleted();
    assertThat(late.join().isHeld()).isTrue();
    assertThat(world.table.row(session())).doesNotContainKey("isReleased");
  }

  @Test
  void namedSessions_areLostOnTheirOwn() {
    HeldLock x = a.acquired(r -> r.key("x").leases(Leases.session("one")));
    HeldLock y = a.acquired(r -> r.key("y").leases(Leases.session("two")));
    HeldLock z = a.acquired(r -> r.key("z").leases(Leases.own()));
    assertThat(sessionOf("x")).isNotEqualTo(sessionOf("y"));
    assertThat(world.table.row(LockKey.of("z"))).doesNotContainKey("session");
    world.table.removeRow(LockKey.of(sessionOf("x")));
    world.seconds(6);
    assertThat(x.isHeld()).isFalse();
    assertThat(y.isHeld()).isTrue();
    assertThat(z.isHeld()).isTrue();
  }

  @Test
  void data_isUpdatedByAWriteOfItsOwn_thatNamesTheSessionStill() throws InterruptedException {
    HeldLock lock = a.acquired();
    LockKey session = session();
    lock.updateData(SdkBytes.fromUtf8String("x"));
    assertThat(lock.data()).contains(SdkBytes.fromUtf8String("x"));
    assertThat(session()).isEqualTo(session);
    assertThat(world.attribute("session").s()).startsWith(world.version() + " ");
    world.seconds(60);
    assertThat(a.store.count("heartbeat")).isBetween(12L, 14L);
    lock.close();
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void dataUpdate_findsThatThisLockAloneIsLost() {
    List<HeldLock> locks = acquired(a, 2);
    List<Revocation> revoked = a.revocations(locks.get(0));
    world.table.removeRow(LockKey.of("k0"));
    CompletableFuture<Void> update = locks.get(0).updateDataAsync(SdkBytes.fromUtf8String("x"));
    world.seconds(1);
    assertThat(update).isCompletedExceptionally();
    assertThat(revoked).extracting(Revocation::reason).containsExactly(Reason.ITEM_DELETED);
    assertThat(locks.get(1).isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY", "THROTTLED", "REQUEST_LOST"})
  void sessionWhoseOpeningFails_isOpenedAllTheSame(Fault fault) throws InterruptedException {
    a.store.failNext("open", fault);
    HeldLock lock = a.client.acquire("k");
    assertThat(lock.isHeld()).isTrue();
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void sessionThatCannotBeOpened_failsTheAcquisition() {
    a.store.fail("open", Fault.ACCESS_DENIED);
    assertThatThrownBy(() -> a.client.acquire("k"))
        .isInstanceOfSatisfying(
            LockStoreException.class,
            e -> assertThat(e.kind()).isEqualTo(LockStoreException.Kind.ACCESS_DENIED));
    assertThat(a.store.count("acquire")).isZero();
  }

  /**
   * A write that the SDK has given up may be applied when its lock is free again. The session lives
   * on, so that no lease ends what nobody holds.
   */
  @Test
  void lateAcquisition_ofALockThatWasGivenBack_isFreedAgain() {
    HeldLock other = a.acquired(r -> r.key("other"));
    a.store.failNext("acquire", Fault.APPLIED_LATER);
    CompletableFuture<HeldLock> acquired = a.acquire();
    world.seconds(8);
    HeldLock lock = acquired.join();
    lock.close();
    world.seconds(10);
    assertThat(world.isReleased()).isFalse();

    world.seconds(20);
    assertThat(world.isReleased()).isTrue();
    assertThat(b.acquired().isHeld()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void lateDuplicateOfAnAcquisition_whoseDataWasUpdatedSince_isFreedAgain()
      throws InterruptedException {
    HeldLock other = a.acquired(r -> r.key("other"));
    a.store.failNext("acquire", Fault.BROKEN_AFTER);
    HeldLock lock = a.client.acquire("k");
    Map<String, AttributeValue> granted = world.table.row(LockKey.of("k"));
    lock.updateDataAsync(SdkBytes.fromUtf8String("new"));
    world.seconds(1);
    lock.close();
    world.seconds(1);
    world.table.putRow(LockKey.of("k"), granted);
    world.seconds(20);

    assertThat(world.isReleased()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void lateAcquisition_isLookedForLessAndLess_andNotForEver() throws InterruptedException {
    HeldLock other = a.acquired(r -> r.key("other"));
    a.store.failNext("acquire", Fault.BROKEN_AFTER);
    HeldLock lock = a.client.acquire("k");
    world.seconds(3_600);
    // After 20, 60, 140, 300 and 620 seconds.
    assertThat(a.store.count("look")).isEqualTo(5);
    assertThat(lock.isHeld()).isTrue();
    assertThat(other.isHeld()).isTrue();
  }

  @Test
  void lateAcquisition_whereTheTableCannotBeRead_isLookedForInVainForAWhileOnly()
      throws InterruptedException {
    a.store.failNext("acquire", Fault.BROKEN_AFTER);
    HeldLock lock = a.client.acquire("k");
    a.store.fail("look", Fault.ACCESS_DENIED);
    world.seconds(1_300);
    long looks = a.store.count("look");
    world.seconds(1_300);

    assertThat(looks).isPositive();
    assertThat(a.store.count("look")).isEqualTo(looks);
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void acquisitionWithAnAnswer_isNotLookedFor() {
    HeldLock lock = a.acquired();
    world.seconds(3_600);
    assertThat(a.store.count("look")).isZero();
    assertThat(lock.isHeld()).isTrue();
  }

  /**
   * Regression: what could not be read of the last holder's session ended the acquisition while its
   * write was under way, and what that brought was kept for nobody.
   */
  @Test
  void sessionThatCannotBeRead_whileTheLockIsBeingTaken_changesNothing() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire(r -> r.waitForever());
    world.seconds(5);
    AtomicInteger afterTheTake = new AtomicInteger();
    b.store.faults(
        operation -> {
          boolean isTake = afterTheTake.get() == 0 && operation.equals("acquire");
          boolean isNext = afterTheTake.get() == 1;
          if (isTake || isNext) {
            afterTheTake.incrementAndGet();
          }
          return isTake ? Fault.ANSWER_LOST : isNext ? Fault.ACCESS_DENIED : Fault.NONE;
        });
    first.close();
    world.seconds(20);

    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(world.owner()).isEqualTo("b");
    assertThat(afterTheTake).hasValue(2);
    assertThat(b.store.count("poll")).isPositive();
  }

  @Test
  void sharedLock_isHandedOnWithinItsClient() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = a.acquire();
    world.time.settle();
    lock.close();
    world.time.advance(Duration.ofMillis(4));
    assertThat(next).isCompleted();
    assertThat(a.store.count("handoff")).isEqualTo(1);
    world.seconds(60);
    assertThat(next.join().isHeld()).isTrue();
  }

  @Test
  void lookAtASharedLock_tellsWhatItsSessionShows() {
    a.acquired();
    assertThat(b.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.UNKNOWN);
    b.acquire(r -> r.waitForever());
    world.seconds(12);
    assertThat(b.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(a.client.inspect("k").orElseThrow().liveness()).isEqualTo(Liveness.ALIVE);
    assertThat(b.client.listLocks().map(LockInfo::key)).containsExactly(LockKey.of("k"));
  }

  @Test
  void sharedRequest_withAnotherDuration_orAReservedKey_isRefused() {
    assertThatThrownBy(
            () ->
                a.client.acquire(
                    LockRequest.builder("k").leaseDuration(Duration.ofSeconds(60)).build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("60000 ms")
        .hasMessageContaining("Leases.own()");
    assertThatThrownBy(() -> a.client.acquire("baton.session/x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reserved");
    assertThat(a.store.trace()).isEmpty();
  }
}
