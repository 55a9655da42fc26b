package io.github.batonlock.internal.protocol;

import static io.github.batonlock.internal.protocol.SkewedMachine.MILLI;
import static io.github.batonlock.internal.protocol.SkewedMachine.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.protocol.SkewedMachine.TrueTime;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** A holder and a client that takes its lock at first sight, with any clocks. */
class FirstSightPropertyTest {
  private static final Duration ERROR = Duration.ofSeconds(5);
  private static final String OURS = "1767225600000-AAAAAAAAAAAAAAAAAAAAAA";
  private static final String FOREIGN = "5b0e7a64-6b8e-4c62-9c79-8d5c3f8f0d8f";

  private final FirstSightRule rule = new FirstSightRule(ERROR);
  private final TrueTime time = new TrueTime();

  /** The holder has sent its last heartbeat some time after the answer that it had last. */
  @Property
  void lockWithAStamp_isTakenAfterTheLease_andItsHolderHasStopped(
      @ForAll long seed, @ForAll @LongRange(min = 100, max = 20_000) long leaseMillis) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Duration lease = Duration.ofMillis(leaseMillis);
    SkewedMachine holder = new SkewedMachine(random, time, ERROR);
    answers(holder, random);
    long sentAt = time.nanos;
    ClockReading sent = holder.now();
    SentBefore stamp = stamp(OURS, holder.tableClock.upperBound(sent));
    LeaseView view = new LeaseView(sent, lease.toNanos() / 10 * 8, null);

    if (isTaken(new SkewedMachine(random, time, ERROR), random, OURS, lease, stamp)) {
      assertThat(time.nanos - sentAt).isGreaterThan(lease.toNanos() + SECOND);
      assertThat(view.status(holder.now())).isNotEqualTo(LeaseStatus.GOOD);
    }
  }

  /** A client that gave up has marked the version of a foreign holder, which uses all its lease. */
  @Property
  void lockWithAMark_isTakenAfterTheLeaseAndTheForeignersMargin(
      @ForAll long seed, @ForAll @LongRange(min = 100, max = 20_000) long leaseMillis) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Duration lease = Duration.ofMillis(leaseMillis);
    SkewedMachine marker = new SkewedMachine(random, time, ERROR);
    marker.request(SECOND);
    // The worst case: the version was sent just before the request that showed it.
    long sentAt = time.nanos;
    marker.request(SECOND);
    SentBefore mark = stamp(FOREIGN, marker.tableClock.upperBound(marker.now()));

    if (isTaken(new SkewedMachine(random, time, ERROR), random, FOREIGN, lease, mark)) {
      assertThat(time.nanos - sentAt).isGreaterThan(lease.toNanos() / 4 * 5 + SECOND);
    }
  }

  /** With good clocks a process that looks once gets it, the later the more the hosts differ. */
  @Property
  void lockOfADeadHolder_isTakenInTheEnd(
      @ForAll long seed, @ForAll @LongRange(min = 100, max = 20_000) long leaseMillis) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Duration lease = Duration.ofMillis(leaseMillis);
    TableClock holder = new TableClock(ERROR);
    holder.answer(date(-5_000), good(time.nanos), good(time.nanos + 50 * MILLI));
    time.nanos += 5 * SECOND;
    SentBefore stamp = stamp(OURS, holder.upperBound(good(time.nanos)));
    time.nanos += (leaseMillis + 20_000 + 3_000) * MILLI + random.nextLong(3_600 * SECOND);

    TableClock taker = new TableClock(ERROR);
    taker.answer(date(5_000), good(time.nanos), good(time.nanos + 50 * MILLI));

    assertThat(
            rule.mayTakeOver(OURS, lease, stamp, taker.lowerBound(good(time.nanos + 50 * MILLI))))
        .isTrue();
  }

  private void answers(SkewedMachine machine, RandomGenerator random) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      machine.request(SECOND);
      time.nanos += machine.some(20 * SECOND);
      if (random.nextInt(3) == 0) {
        machine.disturb(5 * SECOND);
      }
    }
  }

  /** Looks again and again, so that the lock is taken as early as it can be. */
  private boolean isTaken(
      SkewedMachine taker,
      RandomGenerator random,
      String version,
      Duration lease,
      SentBefore statement) {
    for (int i = 0; i < 300; i++) {
      if (rule.mayTakeOver(version, lease, statement, taker.tableClock.lowerBound(taker.now()))) {
        return true;
      }
      time.nanos += taker.some(SECOND);
      if (random.nextInt(10) == 0) {
        taker.disturb(5 * SECOND);
      }
      if (random.nextInt(3) == 0) {
        taker.request(300 * MILLI);
      }
    }
    return false;
  }

  private Instant date(long aheadMillis) {
    return Instant.ofEpochSecond((time.nanos + aheadMillis * MILLI) / SECOND);
  }

  private static ClockReading good(long nanos) {
    return new ClockReading(nanos, nanos / MILLI);
  }

  private static SentBefore stamp(String version, OptionalLong upperBound) {
    return new SentBefore(version, SentBefore.inRange(upperBound.orElse(SentBefore.UNKNOWN)));
  }
}
