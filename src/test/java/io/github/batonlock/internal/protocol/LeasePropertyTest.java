package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.internal.runtime.ClockReading;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;

/** The durations of a lease, and a lease by both clocks, for any values. */
class LeasePropertyTest {
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final long MILLI = 1_000_000;
  private static final long CENTURY = 36_500L * 86_400_000;
  private static final Pattern LONGEST_HEARTBEAT =
      Pattern.compile("heartbeatInterval .*; use at most ([0-9.]+)s, or a longer lease");

  /** Around the limits, in between, and of any length. */
  @Provide
  Arbitrary<Duration> durations() {
    return Arbitraries.oneOf(
        Arbitraries.longs()
            .between(0, 2_700_000_000L)
            .map(Duration::ofMillis)
            .edgeCases(edges -> edges.add(Duration.ofMillis(100), Duration.ofDays(31))),
        Arbitraries.longs().between(0, 200).map(Duration::ofMillis),
        Arbitraries.longs().between(0, 60_000_000_000L).map(Duration::ofNanos),
        Arbitraries.longs().map(Duration::ofSeconds),
        Arbitraries.of(LONGEST, Duration.ofSeconds(Long.MIN_VALUE), Duration.ZERO));
  }

  @Property
  void terms_ofAnyTwoDurations_areAcceptedExactlyIfTheRelationsHold(
      @ForAll("durations") Duration lease, @ForAll("durations") Duration heartbeat) {
    BigInteger leaseNanos = nanos(lease);
    boolean legal =
        leaseNanos.compareTo(BigInteger.valueOf(100 * MILLI)) >= 0
            && leaseNanos.compareTo(BigInteger.valueOf(31L * 86_400_000 * MILLI)) <= 0
            && leaseNanos.mod(BigInteger.valueOf(MILLI)).signum() == 0
            && nanos(heartbeat).compareTo(BigInteger.valueOf(10 * MILLI)) >= 0
            // H <= U/3 and U = 0.8 L: 30 H <= 8 L.
            && nanos(heartbeat)
                    .multiply(BigInteger.valueOf(30))
                    .compareTo(leaseNanos.multiply(BigInteger.valueOf(8)))
                <= 0;

    IllegalArgumentException refusal = refusal(lease, heartbeat);

    assertThat(refusal == null).isEqualTo(legal);
    if (refusal == null) {
      LeaseTerms terms = new LeaseTerms(lease, heartbeat);
      assertThat(nanos(terms.usable()).multiply(BigInteger.TEN))
          .isEqualTo(leaseNanos.multiply(BigInteger.valueOf(8)));
      assertThat(terms.jeopardyAfter()).isBetween(terms.usable().dividedBy(2), terms.usable());
      assertThat(terms.jeopardyAfter()).isGreaterThanOrEqualTo(heartbeat.multipliedBy(2));
    } else {
      assertThat(refusal).hasMessageMatching("(leaseDuration|heartbeatInterval) .*");
    }
  }

  @Property
  void proposedHeartbeat_ofAnyRefusal_isAcceptedAndTheLongestInMilliseconds(
      @ForAll @LongRange(min = 100, max = 2_678_400_000L) long leaseMillis,
      @ForAll("durations") Duration heartbeat) {
    Duration lease = Duration.ofMillis(leaseMillis);
    IllegalArgumentException refusal = refusal(lease, heartbeat);
    Matcher proposal = LONGEST_HEARTBEAT.matcher(refusal == null ? "" : refusal.getMessage());
    if (proposal.matches()) {
      Duration longest =
          Duration.ofMillis(new BigDecimal(proposal.group(1)).movePointRight(3).longValueExact());
      assertThat(refusal(lease, longest)).isNull();
      assertThat(refusal(lease, longest.plusMillis(1))).isNotNull();
    }
  }

  @Property
  void lease_byAnyTwoClocks_isGoodOnlyWhileBothSaySo(
      @ForAll long origin,
      @ForAll @LongRange(min = 0, max = 40_000_000_000L) long monotonic,
      @ForAll @LongRange(min = -CENTURY, max = CENTURY) long wallMillis,
      @ForAll @LongRange(min = 1, max = 32_000_000_000L) long usable,
      @ForAll boolean suspected) {
    ClockReading sent = new ClockReading(origin, 1_767_225_600_000L);
    ClockReading now = new ClockReading(origin + monotonic, sent.epochMillis() + wallMillis);
    LeaseView view = new LeaseView(sent, usable, suspected ? now : null);
    boolean overByWall =
        BigInteger.valueOf(wallMillis)
                .multiply(BigInteger.valueOf(MILLI))
                .compareTo(BigInteger.valueOf(usable))
            >= 0;

    LeaseStatus expected =
        monotonic >= usable
            ? LeaseStatus.OVER
            : suspected || overByWall ? LeaseStatus.SUSPECT : LeaseStatus.GOOD;

    assertThat(view.status(now)).isEqualTo(expected);
    long remaining = view.remainingNanos(now);
    if (expected == LeaseStatus.GOOD) {
      assertThat(remaining)
          .isPositive()
          .isEqualTo(usable - Math.max(monotonic, wallMillis * MILLI));
      ClockReading later =
          new ClockReading(
              now.nanos() + remaining, now.epochMillis() + (remaining + MILLI - 1) / MILLI);
      assertThat(view.status(later)).isNotEqualTo(LeaseStatus.GOOD);
    } else {
      assertThat(remaining).isZero();
    }
    assertThat(now.holderElapsedSince(sent))
        .isEqualTo(Math.max(now.monotonicSince(sent), now.wallSince(sent)));
  }

  private static @Nullable IllegalArgumentException refusal(Duration lease, Duration heartbeat) {
    try {
      LeaseTerms unused = new LeaseTerms(lease, heartbeat);
      return null;
    } catch (IllegalArgumentException e) {
      return e;
    }
  }

  private static BigInteger nanos(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(BigInteger.valueOf(1_000_000_000))
        .add(BigInteger.valueOf(duration.getNano()));
  }
}
