package io.github.batonlock.internal.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Requests to release, as time-lines on a virtual clock. Lease 20 s, beat 5 s; requests take 4 ms.
 */
class ReleaseRequestTest {
  private static final LockKey KEY = LockKey.of("k");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");
  private final List<String> told = new ArrayList<>();

  private void tell(ReleaseRequest request) {
    told.add(request.askedBy() + ": " + request.reason());
  }

  private Optional<LockInfo> ask(String reason) {
    return b.client.requestRelease(KEY, reason, MINUTE);
  }

  @Test
  void holder_isToldWithTheNextHeartbeat_atNoFurtherRequest() {
    HeldLock lock = a.acquired();
    List<ReleaseRequest> requests = new ArrayList<>();
    lock.onReleaseRequested(requests::add);

    Optional<LockInfo> asked = ask("deploy");
    assertThat(asked.orElseThrow().ownerName()).isEqualTo("a");
    assertThat(asked.orElseThrow().fencingToken()).hasValue(lock.fencingToken());
    world.seconds(5.1);

    assertThat(requests)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.key()).isEqualTo(KEY);
              assertThat(request.askedBy()).isEqualTo("b");
              assertThat(request.reason()).isEqualTo("deploy");
              assertThat(request.gracePeriod()).isEqualTo(MINUTE);
              assertThat(request)
                  .hasToString("release of lock 'k' requested by 'b' within 60000 ms: deploy");
            });
    world.seconds(60);
    assertThat(requests).hasSize(1);
    assertThat(lock.isHeld()).isTrue();
    assertThat(b.store.trace()).hasSize(2);
    assertThat(b.store.count("look")).isEqualTo(1);
    assertThat(b.store.count("ask")).isEqualTo(1);
    assertThat(a.store.trace()).hasSize(1 + (int) a.store.count("heartbeat"));
    assertThat(a.store.count("heartbeat")).isBetween(12L, 14L);
  }

  @Test
  void callbackOfTheRequest_isTold() {
    a.acquired(request -> request.onReleaseRequested(this::tell));

    ask("deploy");
    world.seconds(6);

    assertThat(told).containsExactly("b: deploy");
  }

  @Test
  void callbackThatComesLate_isToldAtOnce_andTheOthersNotAgain() {
    HeldLock lock = a.acquired(request -> request.onReleaseRequested(this::tell));
    ask("deploy");
    world.seconds(6);

    List<String> late = new ArrayList<>();
    lock.onReleaseRequested(request -> late.add(request.reason()));
    world.seconds(0);

    assertThat(late).containsExactly("deploy");
    assertThat(told).hasSize(1);
  }

  @Test
  void everyRequest_isToldOnce_andAllButTheLastOfAnIntervalAreNot() {
    a.acquired().onReleaseRequested(this::tell);
    ask("one");
    world.seconds(6);
    ask("two");
    ask("three");
    world.seconds(20);
    ask("three");
    world.seconds(6);

    assertThat(told).containsExactly("b: one", "b: three", "b: three");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "REQUEST_LOST"})
  void answersToHeartbeats_thatAreLost_loseNoRequest(Fault fault) {
    HeldLock lock = a.acquired();
    lock.onReleaseRequested(this::tell);
    ask("deploy");
    a.store.fail("heartbeat", fault);
    world.seconds(9);
    assertThat(told).isEmpty();

    a.store.heal();
    world.seconds(8);

    assertThat(lock.isHeld()).isTrue();
    assertThat(told).containsExactly("b: deploy");
  }

  @Test
  void nextHolder_isNotToldWhatWasAskedOfTheLast() {
    HeldLock lock = a.acquired();
    ask("deploy");

    lock.close();
    assertThat(world.attribute("releaseRequest")).isNull();
    a.acquired().onReleaseRequested(this::tell);
    world.seconds(12);

    assertThat(told).isEmpty();
  }

  @Test
  void nextHolder_ofADeadOnesLock_isNotTold() {
    a.acquired();
    ask("deploy");
    a.machine.crash();

    CompletableFuture<HeldLock> next = b.acquire(LockRequest.Builder::waitForever);
    world.seconds(25);
    next.join().onReleaseRequested(this::tell);
    world.seconds(12);

    assertThat(told).isEmpty();
  }

  @Test
  void nextHolder_ofTheSameClient_isNotTold() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire();
    ask("deploy");

    first.close();
    world.seconds(1);
    waiting.join().onReleaseRequested(this::tell);
    world.seconds(12);

    assertThat(told).isEmpty();
  }

  /** The request is for one hold; who has the lock when the write arrives is asked instead. */
  @Test
  void lock_thatChangesHandsBetweenLookAndWrite_isAskedOfTheNewHolder() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> waiting = a.acquire();
    world.seconds(1);
    b.store.latency(Duration.ofSeconds(1));
    world.time.schedule(
        Duration.ofMillis(1_500).toNanos(),
        () -> {
          CompletableFuture<Void> unused = first.closeAsync();
        });

    Optional<LockInfo> asked = ask("deploy");
    HeldLock second = waiting.join();
    second.onReleaseRequested(this::tell);
    world.seconds(6);

    assertThat(asked.orElseThrow().fencingToken()).hasValue(second.fencingToken());
    assertThat(second.fencingToken()).isEqualTo(first.fencingToken() + 1);
    assertThat(b.store.count("ask")).isEqualTo(2);
    assertThat(told).containsExactly("b: deploy");
  }

  @Test
  void lock_thatNobodyHolds_isNotAsked() {
    assertThat(ask("deploy")).isEmpty();
    a.acquired().close();

    assertThat(ask("deploy")).isEmpty();
    assertThat(b.store.count("ask")).isZero();
  }

  @Test
  void lock_ofASharedLease_isToldWithTheSessionsHeartbeat_andNoOther() {
    HeldLock lock = shared("k");
    lock.onReleaseRequested(this::tell);
    shared("other").onReleaseRequested(request -> told.add("wrong: " + request));

    assertThat(ask("deploy").orElseThrow().ownerName()).isEqualTo("a");
    world.seconds(6);

    assertThat(told).containsExactly("b: deploy");
    assertThat(a.store.count("heartbeat")).isEqualTo(1);
    world.seconds(60);
    assertThat(told).hasSize(1);
    assertThat(lock.isHeld()).isTrue();
    assertThat(waitingInSession(lock)).isEmpty();
  }

  private HeldLock shared(String key) {
    return a.acquired(request -> request.key(key).leases(Leases.shared()));
  }

  private List<AttributeValue> waitingInSession(HeldLock lock) {
    return world.table.row(lock.session().orElseThrow()).get("releaseRequest").l();
  }

  @Test
  void locksOfOneSession_areAllTold_eachItsOwnRequests() {
    List<String> others = new ArrayList<>();
    shared("k").onReleaseRequested(this::tell);
    shared("other").onReleaseRequested(request -> others.add(request.reason()));

    ask("one");
    b.client.requestRelease(LockKey.of("other"), "two", MINUTE);
    ask("three");
    world.seconds(11);

    assertThat(told).containsExactly("b: one", "b: three");
    assertThat(others).containsExactly("two");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ANSWER_LOST", "BROKEN_AFTER", "REQUEST_LOST", "SDK_RETRY"})
  void answersToASessionsHeartbeats_thatAreLost_loseNoRequest(Fault fault) {
    HeldLock lock = shared("k");
    lock.onReleaseRequested(this::tell);
    ask("one");
    a.store.fail("heartbeat", fault);
    world.seconds(9);
    ask("two");
    a.store.heal();
    world.seconds(12);
    // What removes the first two from the list meets a third.
    a.store.fail("heartbeat", fault);
    world.seconds(3);
    ask("three");
    world.seconds(5);
    a.store.heal();
    world.seconds(20);

    assertThat(lock.isHeld()).isTrue();
    assertThat(told).containsExactly("b: one", "b: two", "b: three");
    assertThat(waitingInSession(lock)).isEmpty();
  }

  @Test
  void nextHolderOfASharedLease_isNotTold() {
    HeldLock first = shared("k");
    ask("deploy");
    first.close();
    world.seconds(1);
    HeldLock second = shared("k");
    second.onReleaseRequested(this::tell);
    world.seconds(12);

    assertThat(second.session()).isEqualTo(first.session());
    assertThat(told).isEmpty();
    assertThat(waitingInSession(second)).isEmpty();
  }

  @Test
  void session_thatIsOver_isNotAsked() {
    shared("k");
    a.client.close();

    assertThat(ask("deploy")).isEmpty();
  }

  @Test
  void session_whichTwentyWaitForAlready_isToldAsSuch() {
    shared("k").onReleaseRequested(this::tell);
    for (int i = 0; i < 20; i++) {
      ask("reason " + i);
    }
    assertThatThrownBy(() -> ask("one more"))
        .isInstanceOf(LockStoreException.class)
        .hasMessageContaining("'k'")
        .hasMessageContaining("20 requests");

    world.seconds(11);
    assertThat(told).hasSize(20);
    assertThat(ask("one more")).isPresent();
  }

  @Test
  void lock_ofAForeignClient_isRefused() {
    world.table.putRow(
        KEY,
        Map.of(
            "ownerName", AttributeValue.fromS("foreign"),
            "leaseDuration", AttributeValue.fromS("20000"),
            "recordVersionNumber", AttributeValue.fromS("v")));

    assertThatThrownBy(() -> ask("deploy"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("'foreign'");
  }

  @Test
  void row_thatIsNoLock_isToldAsSuch() {
    world.table.putRow(KEY, Map.of("title", AttributeValue.fromS("mine")));

    assertThatThrownBy(() -> ask("deploy")).isInstanceOf(MalformedLockItemException.class);
  }

  @Test
  void table_thatCannotBeReached_isToldAsSuch() {
    a.acquired();
    b.store.failAll(Fault.ACCESS_DENIED);

    assertThatThrownBy(() -> ask("deploy")).isInstanceOf(LockStoreException.class);
  }

  @Test
  void request_thatIsTooLongOrBeforeNow_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ask("x".repeat(1_001)))
        .withMessageContaining("1001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> b.client.requestRelease(KEY, "", Duration.ofMillis(-1)))
        .withMessageContaining("PT-0.001S");
    assertThat(b.store.trace()).isEmpty();
  }

  /** The heartbeat that brings the request was on its way when the lock was lost. */
  @Test
  void lockThatWasRevoked_isNotTold() {
    HeldLock lock = a.acquired(request -> request.maxHold(Duration.ofSeconds(4)));
    lock.onReleaseRequested(this::tell);
    ask("deploy");
    a.store.latency(Duration.ofSeconds(1));
    world.seconds(30);

    assertThat(lock.revocation()).isPresent();
    assertThat(a.store.count("heartbeat")).isEqualTo(1);
    assertThat(told).isEmpty();
  }
}
