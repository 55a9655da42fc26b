package io.github.batonlock.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.virtual.FaultyStore.Fault;
import io.github.batonlock.support.World;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.SdkBytes;

/** How long each request may take, as it is sent. Lease 20 s, usable 16 s, beat 5 s. */
class RequestTimeoutsTest {
  @RegisterExtension private final World world = new World();
  private final World.Node a = world.node("a");
  private final World.Node b = world.node("b");

  private static Timeouts times(long attemptMillis, long totalMillis) {
    return new Timeouts(Duration.ofMillis(attemptMillis), Duration.ofMillis(totalMillis));
  }

  @ParameterizedTest
  @CsvSource({
    // A second for an attempt; two attempts, or a heartbeat interval.
    "20000, 5000, 1000, 5000",
    "20000, 500, 1000, 2000",
    // Half of what a short lease is usable.
    "1000, 200, 400, 800",
    "1000, 250, 400, 800",
    "100, 20, 40, 80"
  })
  void patientRequest_ofALease_endsWithinItsUsablePart(
      long lease, long heartbeat, long attempt, long total) {
    LeaseTerms terms = new LeaseTerms(Duration.ofMillis(lease), Duration.ofMillis(heartbeat));
    assertThat(RequestTimeouts.patient(terms)).isEqualTo(times(attempt, total));
    assertThat(total).isLessThanOrEqualTo(terms.usable().toMillis());
  }

  @ParameterizedTest
  @CsvSource({
    // An interval, with two attempts in it at least; less where less of the lease is left.
    "20000, 5000, 11000, 1000, 5000",
    "20000, 5000, 3000, 1000, 3000",
    "20000, 5000, 700, 700, 700",
    "20000, 1000, 11000, 500, 1000",
    "20000, 5000, 0, 1, 1",
    "20000, 5000, -5, 1, 1"
  })
  void renewal_withSoMuchLeft_endsBeforeTheDeadline(
      long lease, long heartbeat, long left, long attempt, long total) {
    LeaseTerms terms = new LeaseTerms(Duration.ofMillis(lease), Duration.ofMillis(heartbeat));
    assertThat(RequestTimeouts.renewal(terms, Duration.ofMillis(left).toNanos(), 0))
        .isEqualTo(times(attempt, total));
  }

  @ParameterizedTest
  @CsvSource({
    // An attempt takes four times as long after each in vain, up to half of what is left.
    "20000, 5000, 6000, 1, 3000, 5000",
    "60000, 1000, 46000, 1, 2000, 2000",
    "60000, 1000, 45000, 2, 8000, 8000",
    "60000, 1000, 40000, 9, 20000, 20000",
    "60000, 1000, 600, 9, 500, 600",
    "20000, 5000, 0, 9, 1, 1"
  })
  void renewal_afterTriesThatTimedOut_mayTakeLonger(
      long lease, long heartbeat, long left, int timedOut, long attempt, long total) {
    LeaseTerms terms = new LeaseTerms(Duration.ofMillis(lease), Duration.ofMillis(heartbeat));
    assertThat(RequestTimeouts.renewal(terms, Duration.ofMillis(left).toNanos(), timedOut))
        .isEqualTo(times(attempt, total));
  }

  /** Regression: a table that took longer than the first limit lost every lock. */
  @ParameterizedTest
  @CsvSource({"60, 1, 1500", "60, 5, 4000", "20, 5, 2600", "20, 1, 1500", "1, 0.2, 70"})
  void lock_onATableThatIsSlowerThanTheFirstLimit_isHeld(double lease, double beat, long oneWay) {
    LeaseTerms terms =
        new LeaseTerms(
            Duration.ofMillis((long) (1_000 * lease)), Duration.ofMillis((long) (1_000 * beat)));
    World.Node slow =
        world.node(
            "slow",
            config -> {
              config.leaseDuration = terms.lease();
              config.heartbeatInterval = terms.heartbeat();
            });
    HeldLock lock = slow.acquired();
    slow.store.latency(Duration.ofMillis(oneWay));

    world.seconds((int) (20 * lease));

    assertThat(lock.isHeld()).isTrue();
    slow.store.latency(Duration.ofMillis(2));
    world.seconds((int) (5 * lease));
    List<Timeouts> sent = slow.store.timeouts("heartbeat");
    assertThat(sent.get(sent.size() - 1))
        .isEqualTo(RequestTimeouts.renewal(terms, terms.usable().toNanos(), 0));
  }

  @Test
  void requests_ofALockFromItsGrantToItsEnd_areSentWithTheirTimes() {
    HeldLock lock = a.acquired(r -> r.data(SdkBytes.fromUtf8String("d")));
    a.client.inspect("k");
    world.seconds(12);
    b.acquire(r -> r.waitUpTo(Duration.ofSeconds(3)));
    world.seconds(4);
    lock.close();
    a.client.requestRelease(LockKey.of("k"), "why", Duration.ofSeconds(1));
    try (Stream<LockInfo> locks = a.client.listLocks()) {
      assertThat(locks).hasSize(1);
    }

    Timeouts patient = times(1_000, 5_000);
    assertThat(a.store.timeouts("acquire")).containsOnly(patient);
    assertThat(a.store.timeouts("look")).hasSize(2).containsOnly(patient);
    assertThat(a.store.timeouts("heartbeat")).hasSizeGreaterThan(2).containsOnly(patient);
    assertThat(b.store.timeouts("poll")).isNotEmpty().containsOnly(patient);
    assertThat(a.store.timeouts("release")).containsOnly(patient);
    assertThat(a.store.timeouts("list")).containsOnly(times(10_000, 30_000));
  }

  @Test
  void renewals_duringAnOutage_areGivenLessAndLessTime() {
    a.acquired();
    a.store.failAll(Fault.REQUEST_LOST);
    world.seconds(16);
    List<Duration> totals =
        Stream.of("heartbeat", "look")
            .flatMap(operation -> a.store.timeouts(operation).stream())
            .map(Timeouts::total)
            .sorted()
            .toList();
    assertThat(totals.get(0)).isLessThan(Duration.ofSeconds(5));
    assertThat(totals).last().isEqualTo(Duration.ofSeconds(5));
  }
}
