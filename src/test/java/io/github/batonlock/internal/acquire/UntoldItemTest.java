package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Clients of an endpoint that answers a refused write without the item, as time-lines on a virtual
 * clock. Lease 20 s, usable 16 s, beat 5 s; requests take 4 ms.
 */
class UntoldItemTest implements LockListener {
  private static final LockKey KEY = LockKey.of("k");

  @RegisterExtension private final World world = new World();
  private final World.Node a = hiding(world.node("a", config -> {}, this));
  private final World.Node b = hiding(world.node("b"));
  private final World.Node c = hiding(world.node("c"));
  private final List<String> told = new ArrayList<>();

  private static World.Node hiding(World.Node node) {
    node.store.hideItems();
    return node;
  }

  @Override
  public void released(HeldLock lock) {
    told.add("released");
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    told.add("unconfirmed");
  }

  private static List<String> operations(World.Node node) {
    return node.store.trace().stream().map(line -> line.replaceAll("[0-9]+ ", "")).toList();
  }

  // Acquisitions

  /** Regression: it failed with NO_SUCH_LOCK. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waiter_behindALivingHolder_getsTheLockWhenItIsReleased(boolean shared) {
    HeldLock lock = a.acquired(r -> r.leases(shared ? Leases.shared() : Leases.own()));
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(60);
    assertThat(waiting).isNotDone();
    assertThat(lock.isHeld()).isTrue();

    lock.close();
    world.seconds(2);

    assertThat(waiting.join().isHeld()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void waiters_behindADeadHolder_getTheLockALeaseLater_oneByOne(boolean shared) {
    a.acquired(r -> r.leases(shared ? Leases.shared() : Leases.own()));
    List<CompletableFuture<HeldLock>> waiting =
        List.of(
            b.acquire(LockRequest.Builder::waitForever),
            c.acquire(LockRequest.Builder::waitForever));
    world.seconds(12);
    a.machine.crash();
    world.seconds(21);
    assertThat(waiting).filteredOn(CompletableFuture::isDone).hasSize(1);
    waiting.stream().filter(CompletableFuture::isDone).toList().get(0).join().close();
    world.seconds(2);
    assertThat(waiting).allMatch(CompletableFuture::isDone);
  }

  @Test
  void oneTry_ofAHeldLock_isAWriteAndARead_andNamesTheHolder() throws InterruptedException {
    a.acquired();

    LockNotAcquiredException refused =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> b.client.acquire(LockRequest.builder("k").waitUpTo(Duration.ZERO).build()));

    assertThat(refused.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
    assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo("a");
    assertThat(operations(b)).containsExactly("acquire", "look");
    assertThat(c.client.tryAcquire("k")).isEmpty();
  }

  @Test
  void onlyIfExists_failsWithNoSuchLockWhereThereIsNone_andWithTheHolderWhereThereIsOne() {
    LockNotAcquiredException missing =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () -> b.client.acquire(LockRequest.builder("k").onlyIfExists(true).build()));
    a.acquired();
    LockNotAcquiredException held =
        catchThrowableOfType(
            LockNotAcquiredException.class,
            () ->
                b.client.acquire(
                    LockRequest.builder("k").onlyIfExists(true).waitUpTo(Duration.ZERO).build()));

    assertThat(missing.reason()).isEqualTo(LockNotAcquiredException.Reason.NO_SUCH_LOCK);
    assertThat(held.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD);
  }

  /** Deleted between the write and the read: it was held, and no request was for one that is. */
  @Test
  void itemThatIsDeletedAfterTheRefusal_isWaitedForAndTaken() {
    a.acquired();
    CompletableFuture<HeldLock> waiting = b.acquire();
    CompletableFuture<HeldLock> oneTry = c.acquire(r -> r.waitUpTo(Duration.ZERO));
    world.time.advance(Duration.ofMillis(3));
    world.table.removeRow(KEY);
    world.time.advance(Duration.ofMillis(5));

    assertThatThrownBy(oneTry::join)
        .cause()
        .isInstanceOfSatisfying(
            LockNotAcquiredException.class,
            e -> assertThat(e.reason()).isEqualTo(LockNotAcquiredException.Reason.HELD));
    world.seconds(0.1);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  /** Regression: it failed with NO_SUCH_LOCK, and the item named a holder that nobody was. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY"})
  void acquireWhoseAnswerIsLost_isFound_andCountsFromItsSend(Fault fault)
      throws InterruptedException {
    a.store.failNext("acquire", fault);

    HeldLock lock = a.client.acquire("k");

    assertThat(lock.remaining()).isEqualTo(Duration.ofSeconds(16).minus(world.time.elapsed()));
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();
  }

  @Test
  void acquireWhoseAnswerIsLost_andThatIsGivenUp_isFreed() {
    a.store.failNext("acquire", Fault.SDK_RETRY);
    CompletableFuture<HeldLock> lock = a.acquire();
    world.time.advance(Duration.ofMillis(1));
    lock.cancel(true);
    world.seconds(1);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void lockWhoseTokenCannotGrow_isAnErrorAndLeftAlone() {
    a.acquired();
    put(KEY, "fencingToken", AttributeValue.fromN(Long.toString(Long.MAX_VALUE - 2)));

    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);

    assertThatThrownBy(waiting::join).hasCauseInstanceOf(MalformedLockItemException.class);
    assertThat(operations(b)).containsExactly("acquire", "look");
  }

  // What cannot be read either

  @Test
  void oneTry_whoseReadFails_failsAsNotApplied() {
    a.acquired();
    b.store.failNext("look", Fault.REQUEST_LOST);
    LockStoreException failure =
        catchThrowableOfType(LockStoreException.class, () -> b.client.tryAcquire("k"));
    assertThat(failure.kind()).isEqualTo(LockStoreException.Kind.TIMED_OUT);
    assertThat(failure.mayHaveBeenApplied()).isFalse();
    assertThat(failure)
        .hasMessageContaining("A write to lock 'k' was refused")
        .hasRootCauseMessage("injected: TIMED_OUT");
  }

  /** The read ends when the write would have had to: the caller waits no longer for both. */
  @Test
  void readAfterARefusal_hasTheTimeThatIsLeftForTheWrite() {
    a.acquired();
    b.store.latency(Duration.ofMillis(1_500));
    b.store.failNext("look", Fault.REQUEST_LOST);
    Duration began = world.time.elapsed();
    assertThatThrownBy(() -> b.client.tryAcquire("k")).isInstanceOf(LockStoreException.class);
    assertThat(world.time.elapsed().minus(began)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void waiter_whoseReadsFailForAWhile_goesOnWaiting() {
    HeldLock lock = a.acquired();
    b.store.fail("look", Fault.REQUEST_LOST);
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    assertThat(waiting).isNotDone();
    b.store.heal();
    lock.close();
    world.seconds(7);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  @Test
  void holder_whoseReadsFailAfterALostAnswer_keepsTheLockUntilItsLeaseIsOver() {
    HeldLock lock = a.acquired();
    List<Revocation> losses = a.revocations(lock);
    a.store.faults(
        operation ->
            operation.equals("look")
                ? Fault.THROTTLED
                : operation.equals("heartbeat") ? Fault.SDK_RETRY : Fault.NONE);
    world.seconds(14);
    assertThat(losses).isEmpty();
    a.store.heal();
    world.seconds(60);
    assertThat(lock.isHeld()).isTrue();
  }

  // Holds

  /** Regression: revoked with ITEM_DELETED. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY", "REQUEST_LOST"})
  void heldLock_afterOneLostAnswer_isHeld(Fault fault) {
    for (Leases leases : List.of(Leases.own(), Leases.shared())) {
      String key = leases.toString();
      HeldLock lock = a.acquired(r -> r.key(key).leases(leases));
      List<Revocation> losses = a.revocations(lock);
      a.store.failNext("heartbeat", fault);
      world.seconds(120);
      assertThat(losses).isEmpty();
      assertThat(lock.isHeld()).isTrue();
    }
  }

  @Test
  void update_afterItsAnswerWasLost_isConfirmed() {
    HeldLock lock = a.acquired();
    a.store.failNext("heartbeat", Fault.SDK_RETRY);
    CompletableFuture<Void> stored = lock.updateDataAsync(SdkBytes.fromUtf8String("new"));
    world.seconds(1);
    assertThat(stored).isCompleted();
    assertThat(lock.isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"ITEM_DELETED", "TAKEN_OVER", "RELEASED_EXTERNALLY"})
  void heldLock_whoseItemIsNotItsOwnAnyMore_isToldWhy(Reason reason) {
    HeldLock lock = a.acquired();
    List<Revocation> losses = a.revocations(lock);
    switch (reason) {
      case TAKEN_OVER -> {
        world.table.removeRow(KEY);
        world.seconds(0.001);
        b.acquired();
      }
      case RELEASED_EXTERNALLY -> put(KEY, "isReleased", AttributeValue.fromS("1"));
      default -> world.table.removeRow(KEY);
    }
    world.seconds(5.1);
    assertThat(losses).extracting(Revocation::reason).containsExactly(reason);
  }

  // Ends of holds

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void release_whoseAnswerIsLost_isConfirmed(boolean delete) {
    HeldLock lock = a.acquired(r -> r.deleteOnRelease(delete));
    a.store.failNext(delete ? "delete" : "release", Fault.SDK_RETRY);
    lock.close();
    world.seconds(1);
    assertThat(told).containsExactly("released");
  }

  @Test
  void release_ofALockThatAnotherClientHas_isToldAsUnconfirmed() {
    HeldLock lock = a.acquired();
    world.table.removeRow(KEY);
    HeldLock taken = b.acquired();
    lock.close();
    world.seconds(1);
    assertThat(told).containsExactly("unconfirmed");
    assertThat(taken.isHeld()).isTrue();
    assertThat(world.owner()).isEqualTo("b");
  }

  @Test
  void handoff_whoseAnswerIsLost_endsTheOneHoldAndBeginsTheNext() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> next = a.acquire();
    world.time.settle();
    a.store.failNext("handoff", Fault.SDK_RETRY);
    lock.close();
    world.seconds(1);
    assertThat(next.join().isHeld()).isTrue();
    assertThat(told).containsExactly("released");
    world.seconds(60);
    assertThat(next.join().isHeld()).isTrue();
  }

  @Test
  void lockThatIsKeptForAnAsker_whereTheAnswerIsLost_isReleasedAndTaken() {
    HeldLock lock = a.acquired();
    lock.onReleaseRequested(asked -> lock.closeAsync());
    a.store.failNext("handoff", Fault.SDK_RETRY);
    CompletableFuture<HeldLock> asking =
        b.acquire(r -> r.waitForever().requestRelease("deploy", Duration.ofMinutes(1)));
    world.seconds(8);
    assertThat(asking.join().isHeld()).isTrue();
    assertThat(told).containsExactly("released");
    assertThat(a.store.count("release")).isZero();
  }

  /** The request was taken back meanwhile: an ordinary release follows. */
  @Test
  void lockThatIsNotWantedAnyMore_isReleasedForAll() {
    HeldLock lock = a.acquired();
    CompletableFuture<HeldLock> asking =
        b.acquire(r -> r.waitForever().requestRelease("deploy", Duration.ofMinutes(1)));
    world.seconds(6);
    put(KEY, "releaseRequest", AttributeValue.fromNul(true));
    asking.cancel(true);
    lock.close();
    world.seconds(1);
    assertThat(world.isReleased()).isTrue();
    assertThat(told).containsExactly("released");
  }

  @Test
  void lockThatWasKeptForAnAskerWhoHasGone_isFreed() {
    HeldLock lock = a.acquired();
    lock.onReleaseRequested(asked -> lock.closeAsync());
    CompletableFuture<HeldLock> asking =
        b.acquire(r -> r.waitUpTo(Duration.ofSeconds(7)).requestRelease("x", Duration.ZERO));
    world.seconds(1);
    b.store.fail("poll", Fault.REQUEST_LOST);
    world.seconds(6.5);
    assertThat(asking).isCompletedExceptionally();
    assertThat(b.store.count("withdraw")).isEqualTo(1);
    assertThat(world.isReleased()).isTrue();
  }

  @Test
  void closingTheClient_freesWhatItHolds() throws InterruptedException {
    a.acquired();
    a.acquired(r -> r.key("shared").leases(Leases.shared()));
    a.client.close();
    assertThat(b.client.tryAcquire("k")).isPresent();
    assertThat(b.client.tryAcquire("shared")).isPresent();
  }

  // Requests to release, sessions, transactions

  @Test
  void requestToRelease_thatMeetsTheNextHolder_isMadeToThatOne() {
    a.acquired();
    List<String> asked = new ArrayList<>();
    b.store.latency(Duration.ofMillis(50));
    var holder = inBackground(asked);
    assertThat(holder).contains("c");
    assertThat(asked).containsExactly("b: deploy");
  }

  /** The lock goes from a to c between b's look and b's write. */
  private String inBackground(List<String> asked) {
    world.time.schedule(
        Duration.ofMillis(120).toNanos(),
        () -> {
          world.table.removeRow(KEY);
          c.acquire().thenAccept(lock -> tellOf(lock, asked));
        });
    String holder = b.client.requestRelease(KEY, "deploy", Duration.ZERO).orElseThrow().ownerName();
    world.seconds(6);
    return holder;
  }

  private static void tellOf(HeldLock lock, List<String> asked) {
    lock.onReleaseRequested(request -> asked.add(request.askedBy() + ": " + request.reason()));
  }

  /** Another waiter finds it silent at the same time, and its write comes first. */
  @Test
  void sessionThatAnotherWaiterHasEnded_isOverForThisOne() {
    HeldLock lock = a.acquired(r -> r.leases(Leases.shared()));
    LockKey session = lock.session().orElseThrow();
    CompletableFuture<HeldLock> waiting = b.acquire(LockRequest.Builder::waitForever);
    b.store.faults(
        operation -> {
          if (operation.equals("end")) {
            put(session, "isReleased", AttributeValue.fromS("1"));
          }
          return Fault.NONE;
        });
    world.seconds(6);
    a.machine.crash();
    world.seconds(21);
    assertThat(waiting.join().isHeld()).isTrue();
    assertThat(b.store.count("end")).isEqualTo(1);
  }

  private void put(LockKey key, String attribute, AttributeValue value) {
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(key));
    row.put(attribute, value);
    world.table.putRow(key, row);
  }

  @Test
  void severalLocks_ofWhichOneIsHeld_areRefusedWithItsName_andTakenWhenItIsFree()
      throws InterruptedException {
    HeldLock held = a.acquired(r -> r.key("y"));
    MultiLock several = MultiLock.of(b.client, "x", "y", "z");
    LockNotAcquiredException refused =
        catchThrowableOfType(LockNotAcquiredException.class, () -> several.acquire(Duration.ZERO));
    assertThat(refused.key()).isEqualTo(LockKey.of("y"));
    assertThat(refused.holder().orElseThrow().ownerName()).isEqualTo("a");
    assertThat(operations(b)).containsExactly("grant-all", "look-all");

    CompletableFuture<MultiLock.HeldLocks> waiting = several.acquireAsync(Duration.ofMinutes(1));
    world.seconds(10);
    assertThat(waiting).isNotDone();
    held.close();
    world.seconds(2);
    assertThat(waiting.join().isHeld()).isTrue();
  }

  @Test
  void severalLocks_whoseAnswerIsLost_areFoundAndKept() throws InterruptedException {
    b.store.failNext("grant-all", Fault.SDK_RETRY);
    MultiLock.HeldLocks locks = MultiLock.of(b.client, "x", "y").tryAcquire().orElseThrow();
    world.seconds(60);
    assertThat(locks.isHeld()).isTrue();
  }

  @Test
  void severalLocks_whoseRefusalCannotBeRead_areTriedAgain() {
    HeldLock held = a.acquired(r -> r.key("y"));
    b.store.failNext("look-all", Fault.REQUEST_LOST);
    CompletableFuture<MultiLock.HeldLocks> waiting =
        MultiLock.of(b.client, "x", "y").acquireAsync(Duration.ofMinutes(1));
    world.seconds(20);
    held.close();
    world.seconds(3);
    assertThat(waiting.join().isHeld()).isTrue();
  }
}
