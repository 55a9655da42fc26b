package io.github.batonlock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.micrometer.MeteredWorld.Metered;
import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.support.World;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The meters of clients on virtual time. Lease 20 s, usable 16 s, heartbeats each 5 s. */
class BatonMetricsTest {
  @RegisterExtension private final World world = new World();
  private final MeteredWorld metered = new MeteredWorld(world);
  private final Metered a = metered.process("a");
  private final Metered b = metered.process("b");

  @Test
  void acquisitions_areTimed_byOutcomeAndHow() {
    HeldLock lock = a.node().acquired();
    b.node().acquire(r -> r.waitUpTo(Duration.ofSeconds(3)));
    b.node().acquire(r -> r.key("free").waitUpTo(Duration.ZERO));
    world.seconds(5);
    b.node().acquire(r -> r.waitUpTo(Duration.ZERO));
    world.seconds(1);
    b.node().acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    lock.close();
    world.seconds(2);
    assertThat(b.timed("baton.lock.acquire", "outcome", "timeout", "how", "none")).isEqualTo(1);
    assertThat(b.timed("baton.lock.acquire", "outcome", "not_acquired")).isEqualTo(1);
    assertThat(b.timed("baton.lock.acquire", "outcome", "acquired", "how", "free")).isEqualTo(2);
    assertThat(
            b.registry()
                .get("baton.lock.acquire")
                .tag("outcome", "timeout")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isEqualTo(3);
  }

  @Test
  void acquisitionThatFails_isAnError_andItsRequestHasAKind() {
    a.node().store.failAll(Fault.ACCESS_DENIED);
    a.node().acquire();
    world.seconds(1);
    assertThat(a.timed("baton.lock.acquire", "outcome", "error")).isEqualTo(1);
    assertThat(
            a.counter(
                "baton.requests",
                "operation",
                "grant",
                "outcome",
                "failed",
                "failure",
                "access_denied"))
        .isEqualTo(1);
  }

  @Test
  void gauges_ofHeldAndWaiting_followTheLocks() {
    HeldLock first = a.node().acquired();
    HeldLock other = a.node().acquired(r -> r.key("other"));
    var waiter = a.node().acquire(LockRequest.Builder::waitForever);
    world.seconds(1);
    assertThat(a.gauge("baton.locks.held")).isEqualTo(2);
    assertThat(a.gauge("baton.locks.waiting")).isEqualTo(1);
    first.close();
    world.seconds(1);
    assertThat(a.gauge("baton.locks.held")).isEqualTo(2);
    assertThat(a.gauge("baton.locks.waiting")).isZero();
    waiter.join().close();
    other.close();
    world.seconds(1);
    assertThat(a.gauge("baton.locks.held")).isZero();
    assertThat(a.timed("baton.lock.hold", "outcome", "released")).isEqualTo(3);
  }

  @Test
  void hold_fromItsGrantToItsRelease_isTimed() {
    HeldLock lock = a.node().acquired();
    world.seconds(7);
    lock.close();
    world.seconds(1);
    assertThat(
            a.registry()
                .get("baton.lock.hold")
                .tag("outcome", "released")
                .timer()
                .totalTime(TimeUnit.SECONDS))
        .isBetween(7.0, 7.1);
  }

  @Test
  void lockInTrouble_isInJeopardy_thenLost() {
    HeldLock lock = a.node().acquired();
    a.node().store.failAll(Fault.THROTTLED);
    world.until("jeopardy", Duration.ofSeconds(16), () -> a.gauge("baton.locks.jeopardy") == 1);
    world.seconds(20);
    assertThat(lock.revocation()).map(Revocation::reason).contains(Revocation.Reason.LEASE_EXPIRED);
    assertThat(a.gauge("baton.locks.jeopardy")).isZero();
    assertThat(a.gauge("baton.locks.held")).isZero();
    assertThat(a.counter("baton.lock.revocations", "reason", "lease_expired")).isEqualTo(1);
    assertThat(a.timed("baton.lock.hold", "outcome", "revoked")).isEqualTo(1);
    assertThat(a.timed("baton.lease.renewal", "outcome", "unconfirmed", "scope", "own"))
        .isPositive();
  }

  @Test
  void lockThatIsSafeAgain_isInJeopardyNoMore() {
    a.node().acquired();
    a.node().store.failAll(Fault.THROTTLED);
    world.until("jeopardy", Duration.ofSeconds(16), () -> a.gauge("baton.locks.jeopardy") == 1);
    a.node().store.heal();
    world.seconds(5);
    assertThat(a.gauge("baton.locks.jeopardy")).isZero();
    assertThat(a.gauge("baton.locks.held")).isEqualTo(1);
  }

  @Test
  void slack_ofEachConfirmedRenewal_isRecordedInSeconds() {
    a.node().acquired();
    world.seconds(30);
    var slack = a.registry().get("baton.lease.slack").summary();
    long confirmed = a.timed("baton.lease.renewal", "outcome", "confirmed", "scope", "own");
    assertThat(slack.count()).isEqualTo(confirmed).isGreaterThanOrEqualTo(5);
    assertThat(slack.mean()).isBetween(10.9, 14.0);
  }

  @Test
  void renewalsOfASession_haveTheirOwnScope() {
    a.node().acquired(r -> r.leases(Leases.shared()));
    a.node().acquired(r -> r.key("other").leases(Leases.shared()));
    world.seconds(12);
    assertThat(a.timed("baton.lease.renewal", "outcome", "confirmed", "scope", "session"))
        .isBetween(2L, 3L);
    assertThat(a.gauge("baton.locks.held")).isEqualTo(2);
  }

  @Test
  void closingTheClient_endsAllThatIsHeldOrWaitedFor() {
    a.node().acquired();
    b.node().acquired(r -> r.key("other"));
    a.node().acquire(r -> r.key("other").waitForever());
    world.seconds(1);
    a.node().client.close();
    world.seconds(1);
    assertThat(a.gauge("baton.locks.held")).isZero();
    assertThat(a.gauge("baton.locks.waiting")).isZero();
    assertThat(a.counter("baton.lock.revocations", "reason", "client_closed")).isEqualTo(1);
    assertThat(a.timed("baton.lock.acquire", "outcome", "cancelled")).isEqualTo(1);
  }

  @Test
  void clocksThatDisagree_areCounted() {
    a.node().acquired();
    a.node().machine.suspend(Duration.ofSeconds(5));
    world.seconds(10);
    assertThat(a.counter("baton.clock.suspect")).isPositive();
  }

  @Test
  void droppedEvents_areCounted() {
    a.metrics().eventsDropped(7);
    assertThat(a.counter("baton.events.dropped")).isEqualTo(7);
  }

  // Events in any order

  @Test
  void eventsOfAHold_inAnyOrder_countOnce() {
    HeldLock lock = world.node("other", config -> {}, null).acquired();
    LockStoreException failure =
        new LockStoreException(LockStoreException.Kind.TIMED_OUT, true, "late", null);
    a.metrics().jeopardy(lock);
    a.metrics().releaseUnconfirmed(lock, failure);
    a.metrics().acquired(lock);
    a.metrics().released(lock);
    a.metrics().safe(lock);
    assertThat(a.gauge("baton.locks.held")).isZero();
    assertThat(a.gauge("baton.locks.jeopardy")).isZero();
    assertThat(a.timed("baton.lock.hold", "outcome", "unconfirmed")).isEqualTo(1);
    assertThat(a.timed("baton.lock.hold", "outcome", "released")).isZero();
  }

  @Test
  void holdWhoseEnd_readTheClockBeforeItsBeginning_lastsNoTime() {
    HeldLock lock = world.node("other", config -> {}, null).acquired();
    Holds holds = new Holds();
    LockCounts counts = new LockCounts();
    holds.began(lock, counts, 5);
    assertThat(holds.ended(lock, counts, 3)).hasValue(0);
    assertThat(holds.ended(lock, counts, 7)).isEmpty();
    assertThat(counts.held()).isZero();
  }

  @Test
  void waitThatEndsFirst_isNeverLessThanNone() {
    a.metrics().waitEnded(LockKey.of("k"));
    assertThat(a.gauge("baton.locks.waiting")).isZero();
    a.metrics().waitBegan(LockKey.of("k"));
    assertThat(a.gauge("baton.locks.waiting")).isZero();
    a.metrics().waitBegan(LockKey.of("k"));
    assertThat(a.gauge("baton.locks.waiting")).isEqualTo(1);
  }

  // Options

  @Test
  void locksWithGroups_haveTheTag_withinTheBound() {
    Metered grouped =
        metered.process(
            "g",
            builder ->
                builder.lockGroups(
                    2,
                    key -> {
                      if (key.partitionKey().equals("bad")) {
                        throw new IllegalStateException("no group");
                      }
                      return key.partitionKey().replaceFirst("/.*", "");
                    }));
    for (String key : new String[] {"x/1", "x/2", "y/1", "z/1", "w/1", "bad"}) {
      grouped.node().acquired(r -> r.key(key));
    }
    world.seconds(1);
    assertThat(
            grouped.registry().find("baton.locks.held").gauges().stream()
                .map(gauge -> gauge.getId().getTag("lock.group") + " " + (int) gauge.value()))
        .containsExactlyInAnyOrder("x 2", "y 1", "other 2", "none 1");
    Set<String> tagged =
        grouped.registry().getMeters().stream()
            .map(Meter::getId)
            .filter(id -> id.getTag("lock.group") != null && id.syntheticAssociation() == null)
            .map(Meter.Id::getName)
            .collect(Collectors.toSet());
    assertThat(tagged)
        .containsExactlyInAnyOrder(
            "baton.lock.acquire",
            "baton.lock.hold",
            "baton.lock.revocations",
            "baton.locks.held",
            "baton.locks.waiting",
            "baton.locks.jeopardy");
  }

  @Test
  void groups_withoutAPositiveBound_areRefused() {
    assertThatThrownBy(() -> BatonMetrics.builder().lockGroups(0, LockKey::partitionKey))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lockGroups")
        .hasMessageContaining("0");
  }

  @Test
  void timersOfObservations_areLeftOutOnRequest() {
    Metered process = metered.process("o", BatonMetrics.Builder::withoutObservedTimers);
    process.node().acquired().close();
    world.seconds(1);
    assertThat(process.registry().find("baton.lock.acquire").timers()).isEmpty();
    assertThat(process.registry().find("baton.lock.hold").timers()).isEmpty();
    assertThat(process.gauge("baton.locks.held")).isZero();
  }

  @Test
  void registryThatIsBoundLate_hasTheGaugesRight() {
    a.node().acquired();
    world.seconds(1);
    SimpleMeterRegistry late = new SimpleMeterRegistry();
    a.metrics().bindTo(late);
    assertThat(late.get("baton.locks.held").gauge().value()).isEqualTo(1);
    assertThat(late.get("baton.lock.acquire").tag("how", "free").timer().count()).isZero();
  }

  @Test
  void leader_ofAnElection_isShownByTheGauge() {
    LeaderElection election = LeaderElection.builder(a.node().client, "e").campaign();
    a.metrics().bindElection("jobs", election);
    assertThat(a.gauge("baton.leader")).isZero();
    world.seconds(1);
    assertThat(a.registry().get("baton.leader").tag("election", "jobs").gauge().value())
        .isEqualTo(1);
    election.close();
    assertThat(a.gauge("baton.leader")).isZero();
    LeaderElection next = LeaderElection.builder(a.node().client, "e").campaign();
    a.metrics().bindElection("jobs", next);
    world.seconds(30);
    assertThat(a.gauge("baton.leader")).isEqualTo(1);
    next.close();
  }
}
