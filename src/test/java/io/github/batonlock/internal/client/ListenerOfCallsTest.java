package io.github.batonlock.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.LockListener.RenewalEnded;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException.Kind;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.recipe.MultiLock;
import io.github.batonlock.support.EventListener;
import io.github.batonlock.support.World;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.SdkBytes;

/**
 * What a listener is told of calls and requests. Lease 20 s, heartbeats each 5 s; requests take 4
 * ms.
 */
class ListenerOfCallsTest {
  private static final LockKey KEY = LockKey.of("k");

  @RegisterExtension private final World world = new World();
  private final EventListener events = new EventListener();
  private final World.Node a = world.node("a", config -> {}, events);
  private final World.Node b = world.node("b");

  // Acquisitions

  @Test
  void acquired_whenTheLockIsFree_isToldWithTheTimeWaited() {
    a.acquired();
    world.time.settle();
    assertThat(events.acquisitions)
        .containsExactly(
            new AcquisitionEnded(
                KEY,
                AcquisitionEnded.Outcome.ACQUIRED,
                AcquisitionEnded.How.FREE,
                Duration.ofMillis(4)));
  }

  @Test
  void acquired_fromAHoldOfTheSameClient_isAHandoff() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> second = a.acquire();
    world.seconds(3);
    first.close();
    world.seconds(1);
    assertThat(second).isCompleted();
    assertThat(events.acquisitions).hasSize(2);
    assertThat(events.lastAcquisition()).isEqualTo("ACQUIRED HANDOFF");
    assertThat(events.acquisitions.get(1).waited())
        .isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_100));
  }

  @Test
  void acquired_asKeptByTheHolderThatWasAsked_isAHandoff() {
    HeldLock held = b.acquired();
    held.onReleaseRequested(
        asked -> {
          var unused = held.closeAsync();
        });
    CompletableFuture<HeldLock> lock =
        a.acquire(r -> r.waitForever().requestRelease("mine", Duration.ofSeconds(1)));
    world.seconds(10);
    assertThat(lock).isCompleted();
    assertThat(events.lastAcquisition()).isEqualTo("ACQUIRED HANDOFF");
  }

  @Test
  void acquired_fromASilentHolder_isATakeover() {
    b.acquired();
    b.machine.pause();
    a.acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    assertThat(events.acquisitions).hasSize(1);
    assertThat(events.lastAcquisition()).isEqualTo("ACQUIRED TAKEOVER");
  }

  @Test
  void acquired_fromAGrantOfItsOwnThatNoCallerWants_isFree() {
    boolean[] isLost = {false};
    a.store.faults(
        operation -> {
          if (operation.equals("acquire") && !isLost[0]) {
            isLost[0] = true;
            return Fault.ANSWER_LOST;
          }
          return operation.equals("release") ? Fault.THROTTLED : Fault.NONE;
        });
    a.acquire(r -> r.waitUpTo(Duration.ofMillis(1)));
    world.seconds(0.01);
    a.acquire(LockRequest.Builder::waitForever);
    world.seconds(10);
    assertThat(events.lastAcquisition()).isEqualTo("ACQUIRED FREE");
    assertThat(a.store.count("takeover")).isEqualTo(1);
  }

  @Test
  void notAcquired_byOneTry_ofAHeldLockOrAMissingOne() {
    a.acquire(r -> r.onlyIfExists(true));
    world.seconds(1);
    assertThat(events.lastAcquisition()).isEqualTo("NOT_ACQUIRED NONE");
    b.acquired();
    CompletableFuture<Optional<HeldLock>> tried = a.client.tryAcquireAsync("k");
    a.acquire(r -> r.waitUpTo(Duration.ZERO));
    world.seconds(1);
    assertThat(tried.join()).isEmpty();
    assertThat(events.acquisitions)
        .extracting(AcquisitionEnded::outcome)
        .containsOnly(AcquisitionEnded.Outcome.NOT_ACQUIRED)
        .hasSize(3);
  }

  @Test
  void timedOut_whenTheWaitingTimeIsUp() {
    b.acquired();
    a.acquire(r -> r.waitUpTo(Duration.ofSeconds(2)));
    world.seconds(3);
    assertThat(events.acquisitions).hasSize(1);
    assertThat(events.lastAcquisition()).isEqualTo("TIMED_OUT NONE");
    assertThat(events.acquisitions.get(0).waited())
        .isBetween(Duration.ofSeconds(2), Duration.ofMillis(2_100));
  }

  @Test
  void cancelled_whenTheCallerLeaves_orTheClientIsClosed() {
    b.acquired();
    CompletableFuture<HeldLock> left = a.acquire(LockRequest.Builder::waitForever);
    a.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    assertThat(left.cancel(false)).isTrue();
    world.seconds(1);
    assertThat(events.acquisitions).hasSize(1);
    assertThat(events.lastAcquisition()).isEqualTo("CANCELLED NONE");
    a.client.close();
    world.seconds(1);
    assertThat(events.acquisitions).hasSize(2);
    assertThat(events.lastAcquisition()).isEqualTo("CANCELLED NONE");
  }

  @Test
  void failed_whenTheTableFails() {
    a.store.failAll(Fault.ACCESS_DENIED);
    a.acquire();
    world.seconds(1);
    assertThat(events.lastAcquisition()).isEqualTo("FAILED NONE");
  }

  @Test
  void locksOfOneTransaction_areToldEach() {
    MultiLock locks = MultiLock.of(a.client, "x", "y");
    var held = locks.acquireAsync(Duration.ofSeconds(1));
    world.seconds(1);
    assertThat(held).isCompleted();
    assertThat(events.acquisitions)
        .extracting(AcquisitionEnded::key)
        .containsExactly(LockKey.of("x"), LockKey.of("y"));
    assertThat(events.lastAcquisition()).isEqualTo("ACQUIRED FREE");
    assertThat(events.lines()).containsExactly("TRANSACTION APPLIED", "READ APPLIED");
  }

  // Renewals

  @Test
  void renewal_confirmed_saysWhatWasLeftOfTheUsableLease() {
    a.acquired();
    world.seconds(20);
    assertThat(events.renewals).hasSizeBetween(3, 5);
    RenewalEnded second = events.renewals.get(1);
    assertThat(second.key()).isEqualTo(KEY);
    assertThat(second.ofSession()).isFalse();
    assertThat(second.confirmed()).isTrue();
    assertThat(second.latency()).isEqualTo(Duration.ofMillis(4));
    // 16 s, less an interval and the request.
    assertThat(second.slack()).isBetween(Duration.ofMillis(10_900), Duration.ofMillis(11_000));
  }

  @Test
  void renewals_thatFail_haveLessAndLessSlack_downToZero() {
    HeldLock lock = a.acquired();
    world.seconds(6);
    events.renewals.clear();
    a.store.failAll(Fault.THROTTLED);
    world.seconds(30);
    assertThat(lock.isHeld()).isFalse();
    assertThat(events.renewals).isNotEmpty().noneMatch(RenewalEnded::confirmed);
    assertThat(events.renewals)
        .extracting(RenewalEnded::slack)
        .isSortedAccordingTo((x, y) -> y.compareTo(x))
        .allMatch(slack -> !slack.isNegative());
    assertThat(events.renewals.get(events.renewals.size() - 1).slack())
        .isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void renewalAnsweredAfterTheLeaseWasOver_hasNoSlack() {
    HeldLock lock = a.acquired();
    world.seconds(6);
    events.renewals.clear();
    a.store.fail("heartbeat", Fault.HANG);
    a.store.latency(Duration.ofSeconds(1));
    world.seconds(60);
    assertThat(lock.isHeld()).isFalse();
    assertThat(events.renewals).isNotEmpty().noneMatch(RenewalEnded::confirmed);
    assertThat(events.renewals.get(events.renewals.size() - 1).slack()).isZero();
  }

  @Test
  void renewalOfASession_isToldOnceForAllItsLocks() {
    EventListener shared = new EventListener();
    World.Node s = world.node("s", config -> config.leases = Leases.shared(), shared);
    HeldLock x = s.acquired(r -> r.key("x"));
    s.acquired(r -> r.key("y"));
    world.seconds(20);
    assertThat(shared.renewals).hasSizeBetween(3, 5);
    assertThat(shared.renewals)
        .allMatch(RenewalEnded::ofSession)
        .allMatch(RenewalEnded::confirmed)
        .allMatch(renewal -> renewal.key().equals(x.session().orElseThrow()));
    assertThat(shared.acquisitions)
        .as("the session's own acquisition is no call")
        .extracting(AcquisitionEnded::key)
        .containsExactly(LockKey.of("x"), LockKey.of("y"));
  }

  // Requests

  @Test
  void requests_areToldByOperationAndResult() {
    HeldLock lock = a.acquired(r -> r.data(SdkBytes.fromUtf8String("1")));
    var next = a.acquire(LockRequest.Builder::waitForever);
    world.time.settle();
    lock.close();
    world.seconds(1);
    HeldLock second = next.join();
    var updated = second.updateDataAsync(SdkBytes.fromUtf8String("2"));
    world.seconds(1);
    assertThat(updated).isCompleted();
    var inspected = a.client.inspectAsync("k");
    world.seconds(1);
    assertThat(inspected).isCompleted();
    second.close();
    world.seconds(1);
    assertThat(events.lines())
        .containsExactly(
            "GRANT APPLIED", "HANDOFF APPLIED", "RENEW APPLIED", "READ APPLIED", "RELEASE APPLIED");

    b.acquired();
    var asked = a.client.requestReleaseAsync("k", "mine", Duration.ofSeconds(1));
    var tried = a.client.tryAcquireAsync("k");
    world.seconds(1);
    assertThat(asked).isCompleted();
    assertThat(tried.join()).isEmpty();
    assertThat(events.lines()).contains("RELEASE_REQUEST APPLIED", "GRANT REFUSED");
    assertThat(a.client.listLocks()).hasSize(1);
    world.time.settle();
    assertThat(events.lines()).endsWith("SCAN APPLIED");
    assertThat(events.requests)
        .allMatch(request -> request.failure().isEmpty())
        .allMatch(request -> request.latency().equals(Duration.ofMillis(4)));
  }

  @Test
  void requests_thatFail_sayWhy() {
    a.store.failAll(Fault.ACCESS_DENIED);
    a.acquire();
    world.seconds(1);
    assertThat(events.lines()).containsExactly("GRANT FAILED");
    assertThat(events.requests.get(0).failure()).contains(Kind.ACCESS_DENIED);
  }

  @Test
  void requests_areAsManyAsTheTableGot_whateverBecomesOfThem() {
    Fault[] faults = Fault.values();
    int[] count = {0};
    a.store.faults(operation -> faults[count[0]++ % faults.length]);
    int calls = 0;
    for (int round = 0; round < 40; round++) {
      a.acquire(r -> r.waitUpTo(Duration.ofSeconds(15)));
      a.acquire(r -> r.key("other").waitUpTo(Duration.ZERO));
      calls += 2;
      world.seconds(7);
    }
    a.store.heal();
    world.seconds(100);
    assertThat(events.requests).hasSameSizeAs(a.store.trace());
    assertThat(events.acquisitions).hasSize(calls);
    assertThat(events.dropped).isZero();
  }

  // Waits

  @Test
  void wait_forAHolder_isToldOnceAtItsBeginningAndItsEnd() {
    HeldLock held = b.acquired();
    CompletableFuture<HeldLock> lock = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(30);
    assertThat(events.waits).containsExactly("began k");
    held.close();
    world.seconds(2);
    assertThat(lock).isCompleted();
    assertThat(events.waits).containsExactly("began k", "ended k");
  }

  @Test
  void waits_forAHoldOfTheSameClient_areToldForEachCaller() {
    HeldLock first = a.acquired();
    CompletableFuture<HeldLock> second = a.acquire(LockRequest.Builder::waitForever);
    CompletableFuture<HeldLock> third = a.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    assertThat(events.waits).containsExactly("began k", "began k");
    boolean unused = third.cancel(false);
    first.close();
    world.seconds(1);
    assertThat(second).isCompleted();
    assertThat(events.waits).containsExactly("began k", "began k", "ended k", "ended k");
  }

  @Test
  void wait_forATableThatDoesNotAnswer_isTold() {
    a.store.failAll(Fault.THROTTLED);
    a.acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    assertThat(events.waits).containsExactly("began k");
    a.client.close();
    world.time.settle();
    assertThat(events.waits).containsExactly("began k", "ended k");
  }

  @Test
  void wait_thatEndsWithoutTheLock_isToldAsEnded() {
    b.acquired();
    a.acquire(r -> r.waitUpTo(Duration.ofSeconds(2)));
    world.seconds(3);
    assertThat(events.lastAcquisition()).isEqualTo("TIMED_OUT NONE");
    assertThat(events.waits).containsExactly("began k", "ended k");
  }

  @Test
  void callThatIsAnsweredAtOnce_andOneTry_doNotWait() {
    HeldLock lock = a.acquired();
    lock.close();
    world.seconds(1);
    b.acquired();
    var tried = a.client.tryAcquireAsync("k");
    a.acquire(r -> r.waitUpTo(Duration.ZERO));
    world.seconds(5);
    assertThat(tried.join()).isEmpty();
    assertThat(events.waits).isEmpty();
  }

  // Who is told

  @Test
  void events_ofAllKinds_areToldOutsideTheLoop() {
    List<String> told = new ArrayList<>();
    List<World.Node> nodes = new ArrayList<>();
    List<String> onTheLoop = new ArrayList<>();
    LockListener witness =
        (LockListener)
            Proxy.newProxyInstance(
                LockListener.class.getClassLoader(),
                new Class<?>[] {LockListener.class},
                (proxy, method, arguments) -> {
                  told.add(method.getName());
                  if (nodes.get(0).machine.isCurrent()) {
                    onTheLoop.add(method.getName());
                  }
                  return null;
                });
    World.Node node = world.node("w", config -> {}, witness);
    nodes.add(node);
    HeldLock lock = node.acquired();
    node.acquire(LockRequest.Builder::waitForever);
    world.seconds(7);
    lock.close();
    world.seconds(1);
    node.store.failAll(Fault.THROTTLED);
    world.seconds(20);
    assertThat(onTheLoop).isEmpty();
    assertThat(told)
        .contains("acquired", "released", "jeopardy", "revoked", "waitBegan", "waitEnded")
        .contains("acquisitionEnded", "renewalEnded", "requestEnded");
  }

  @Test
  void listener_thatDoesNotWantTheEvents_costsNoCallback() {
    World.Node quiet = world.node("q", config -> {}, new LockListener() {});
    Core core = ((DefaultLockClient) quiet.client).core();
    assertThat(core.events.wantsAcquisitions()).isFalse();
    assertThat(core.events.wantsRenewals()).isFalse();
    assertThat(core.events.wantsRequests()).isFalse();
    Core told = ((DefaultLockClient) a.client).core();
    assertThat(told.events.wantsAcquisitions()).isTrue();
    assertThat(told.events.wantsRenewals()).isTrue();
    assertThat(told.events.wantsRequests()).isTrue();
    Core without = ((DefaultLockClient) b.client).core();
    assertThat(without.events.wantsRequests()).isFalse();
  }
}
