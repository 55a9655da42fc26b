package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A lock that is kept for who has asked its holder to finish, as time-lines on a virtual clock.
 * Lease 20 s, beat 5 s; requests take 4 ms.
 *
 * <p>a holds the lock, b asks for it, c waits for it all the time without asking.
 */
class ReservedHandoffTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final World.Node c = world.node("c");
  private final List<String> told = new ArrayList<>();

  private static void deploy(LockRequest.Builder request) {
    request.waitForever().requestRelease("deploy", MINUTE);
  }

  private static Consumer<LockRequest.Builder> deployWithin(Duration wait) {
    return request -> request.waitUpTo(wait).requestRelease("deploy", MINUTE);
  }

  /** Held, and closed a second after the holder was told. */
  private HeldLock obliging() {
    return obliging(request -> {});
  }

  private HeldLock obliging(Consumer<LockRequest.Builder> request) {
    HeldLock lock = a.acquired(request);
    lock.onReleaseRequested(
        asked -> {
          told.add(asked.askedBy() + ": " + asked.reason());
          world.time.schedule(Duration.ofSeconds(1).toNanos(), () -> close(lock));
        });
    return lock;
  }

  private static void close(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  private CompletableFuture<HeldLock> waits(World.Node node) {
    CompletableFuture<HeldLock> waiting = node.acquire(LockRequest.Builder::waitForever);
    world.seconds(0.5);
    return waiting;
  }

  @Test
  void lock_thatIsReleasedWhenAskedFor_goesToWhoAsked_whoeverElseWaits() {
    HeldLock first = obliging();
    CompletableFuture<HeldLock> other = waits(c);

    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(8);

    assertThat(told).containsExactly("b: deploy");
    HeldLock second = asking.join();
    assertThat(second.isHeld()).isTrue();
    assertThat(second.fencingToken()).isGreaterThan(first.fencingToken());
    assertThat(world.owner()).isEqualTo("b");
    assertThat(other).isNotDone();
    assertThat(first.revocation()).isEmpty();
    assertThat(a.store.count("release")).isZero();
    assertThat(a.store.count("handoff")).isEqualTo(1);
    assertThat(b.store.count("ask")).isEqualTo(1);
    assertThat(b.store.count("withdraw")).isZero();

    close(second);
    world.seconds(2);
    assertThat(other.join().isHeld()).isTrue();
  }

  /** What is kept is no lease of the one it is kept for: he holds nothing before his own write. */
  @Test
  void lock_thatIsKept_isNotHeldByWhoAsked_untilHeHasTakenIt() {
    obliging();
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(3);
    b.store.failAll(Fault.REQUEST_LOST);
    world.seconds(5);
    assertThat(world.owner()).isEqualTo("b");
    assertThat(asking).isNotDone();

    b.store.heal();
    world.seconds(6);

    assertThat(asking.join().isHeld()).isTrue();
    world.seconds(60);
    assertThat(asking.join().isHeld()).isTrue();
  }

  @Test
  void lock_thatIsKeptForADeadOne_isFreeALeaseLater() {
    obliging();
    CompletableFuture<HeldLock> other = waits(c);
    CompletableFuture<HeldLock> unused = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(1);
    b.machine.crash();

    world.seconds(20);
    assertThat(world.owner()).isEqualTo("b");
    assertThat(other).isNotDone();
    world.seconds(8);
    assertThat(other.join().isHeld()).isTrue();
  }

  @Test
  void request_isTakenBack_whenNobodyWaitsAnyMore() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> other = waits(c);
    CompletableFuture<HeldLock> asking = b.acquire(deployWithin(Duration.ofSeconds(12)));
    world.seconds(13);
    assertThat(asking).isCompletedExceptionally();
    assertThat(b.store.count("withdraw")).isEqualTo(1);
    assertThat(world.attribute("releaseRequest").nul()).isTrue();

    world.seconds(6);
    close(first);
    world.seconds(2);

    assertThat(a.store.count("handoff")).isZero();
    assertThat(other.join().isHeld()).isTrue();
  }

  /** The holder does not know yet that the request was taken back: his write finds out. */
  @Test
  void lock_isReleasedForAll_ifTheRequestWasTakenBackSinceTheLastHeartbeat() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> other = waits(c);
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(6);
    asking.cancel(false);
    world.seconds(0.1);

    close(first);
    world.seconds(2);

    assertThat(a.store.count("handoff")).isEqualTo(1);
    assertThat(a.store.count("release")).isEqualTo(1);
    assertThat(other.join().isHeld()).isTrue();
    assertThat(first.revocation()).isEmpty();
  }

  /** Kept already when the waiter gives up: he frees what he will not take. */
  @Test
  void lock_thatIsKept_isFreed_whenNobodyWaitsAnyMore() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> other = waits(c);
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(6);
    close(first);
    world.time.advance(Duration.ofMillis(4));
    assertThat(world.owner()).isEqualTo("b");

    asking.cancel(false);
    world.seconds(2);

    assertThat(b.store.count("takeover")).isZero();
    assertThat(b.store.count("release")).isEqualTo(1);
    assertThat(other.join().isHeld()).isTrue();
  }

  @Test
  void closedClient_takesItsRequestBack() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(1);

    b.client.close();

    assertThat(asking).isCompletedExceptionally();
    assertThat(world.attribute("releaseRequest").nul()).isTrue();
    assertThat(first.isHeld()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"REQUEST_LOST", "ANSWER_LOST", "BROKEN_AFTER", "SDK_RETRY", "THROTTLED", "CONFLICT"})
  void release_whoseAnswerIsLost_endsTheHold_whateverHappened(Fault fault) {
    HeldLock first = obliging();
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    a.store.failNext("handoff", fault);
    world.seconds(20);

    assertThat(asking.join().isHeld()).isTrue();
    assertThat(world.owner()).isEqualTo("b");
    assertThat(first.isHeld()).isFalse();
    assertThat(first.revocation()).isEmpty();
    CompletableFuture<Void> closing = first.closeAsync();
    world.seconds(0);
    assertThat(closing).isCompleted();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"REQUEST_LOST", "BROKEN_AFTER", "THROTTLED"})
  void request_thatIsNotAnswered_isMadeAgainWithTheNextLook(Fault fault) {
    obliging();
    b.store.failNext("ask", fault);

    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(18);

    assertThat(asking.join().isHeld()).isTrue();
    assertThat(told).containsExactly("b: deploy");
    assertThat(b.store.count("ask")).isEqualTo(2);
  }

  @Test
  void request_thatIsAnsweredLate_hasBeenHeardAllTheSame() {
    obliging();
    b.store.failNext("ask", Fault.ANSWER_LOST);

    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(18);

    assertThat(asking.join().isHeld()).isTrue();
    assertThat(told).containsExactly("b: deploy");
    assertThat(a.store.count("handoff")).isEqualTo(1);
    assertThat(b.store.count("ask")).isEqualTo(1);
  }

  @Test
  void everyHolder_isAskedOnce() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(30);
    assertThat(b.store.count("ask")).isEqualTo(1);

    // The lock changes hands within a: the next holder has not been asked.
    CompletableFuture<HeldLock> next = a.acquire(LockRequest.Builder::waitForever);
    world.table.putRow(first.key(), withoutRequest());
    world.seconds(6);
    close(first);
    world.seconds(3);

    assertThat(next.join().isHeld()).isTrue();
    assertThat(asking).isNotDone();
    assertThat(b.store.count("ask")).isEqualTo(2);
  }

  /** As an operator might edit it: the holder hears of no request any more. */
  private Map<String, AttributeValue> withoutRequest() {
    Map<String, AttributeValue> row = new HashMap<>(world.table.row(LockKey.of("k")));
    row.remove("releaseRequest");
    return row;
  }

  @Test
  void holder_whoHasNotBeenToldYet_releasesForAll() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(0.5);

    close(first);
    world.seconds(2);

    assertThat(a.store.count("handoff")).isZero();
    assertThat(asking.join().isHeld()).isTrue();
  }

  @Test
  void lock_thatIsDeletedOnRelease_isNotKept() {
    obliging(request -> request.deleteOnRelease(true));
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(10);

    assertThat(a.store.count("handoff")).isZero();
    assertThat(asking.join().isHeld()).isTrue();
  }

  @Test
  void lock_thatIsLostByItsGate_isNotKept() {
    HeldLock first = a.acquired(request -> request.maxHold(Duration.ofSeconds(8)));
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(9);
    close(first);
    world.seconds(2);

    assertThat(first.revocation()).isPresent();
    assertThat(a.store.count("handoff")).isZero();
    assertThat(asking.join().isHeld()).isTrue();
  }

  @Test
  void holderOfASharedLease_isAskedByItsSession_andReleasesForAll() {
    obliging(request -> request.leases(Leases.shared()));
    CompletableFuture<HeldLock> asking = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(10);

    assertThat(told).containsExactly("b: deploy");
    assertThat(b.store.count("ask")).isEqualTo(1);
    assertThat(a.store.count("handoff")).isZero();
    assertThat(asking.join().isHeld()).isTrue();
    assertThat(b.store.count("withdraw")).isZero();
  }

  @Test
  void sharedLease_canBeAskedFor_andKeptToo() {
    obliging();
    CompletableFuture<HeldLock> asking =
        b.acquire(
            request ->
                request.waitForever().requestRelease("deploy", MINUTE).leases(Leases.shared()));
    world.seconds(10);

    assertThat(asking.join().isHeld()).isTrue();
    assertThat(asking.join().session()).isPresent();
  }

  @Test
  void holderInTheSameClient_isAskedWithoutARequest_andTheNextInLineGetsIt() {
    HeldLock first = obliging();
    CompletableFuture<HeldLock> asking = a.acquire(ReservedHandoffTest::deploy);
    world.seconds(2);

    assertThat(told).containsExactly("a: deploy");
    assertThat(asking.join().fencingToken()).isEqualTo(first.fencingToken() + 1);
    assertThat(a.store.count("ask")).isZero();
  }

  @Test
  void reason_thatIsTooLong_isRefusedBeforeAnyRequest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> b.acquire(r -> r.requestRelease("x".repeat(1_001), MINUTE)))
        .withMessageContaining("1001");
    assertThat(b.store.trace()).isEmpty();
  }

  @Test
  void callback_isTold_whatTheRequestSays() {
    List<ReleaseRequest> requests = new ArrayList<>();
    a.acquired().onReleaseRequested(requests::add);
    CompletableFuture<HeldLock> unused = b.acquire(ReservedHandoffTest::deploy);
    world.seconds(6);

    assertThat(requests)
        .singleElement()
        .hasToString("release of lock 'k' requested by 'b' within 60000 ms: deploy");
  }
}
