package io.github.batonlock.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** A monotonic clock compared with a server's, over any requests. */
class ClockSkewDetectorPropertyTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  /** What the clock is built for: a rate within a ninth, and servers within half a second. */
  record Request(
      long pauseMillis, long thereMillis, long backMillis, double rate, long skewMillis) {}

  /** True time, which the server shows in whole seconds, and this machine's. */
  private static final class Clocks {
    private final ClockSkewDetector clock = new ClockSkewDetector();
    private long time;
    private long nanos;

    Clocks(long time, long nanos) {
      this.time = time;
      this.nanos = nanos;
    }

    void pass(long millis, double rate) {
      time += millis * MILLI;
      nanos += (long) (millis * MILLI * rate);
    }

    Optional<Duration> answered(Request request) {
      pass(request.pauseMillis(), request.rate());
      long sent = nanos;
      pass(request.thereMillis(), request.rate());
      long shown = time + request.skewMillis() * MILLI;
      Instant date = Instant.ofEpochSecond(Math.floorDiv(shown, SECOND));
      pass(request.backMillis(), request.rate());
      return clock.answered(sent, nanos, date);
    }
  }

  @Provide
  Arbitrary<Request> requests() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 3_600_000),
            Arbitraries.longs().between(0, 1_500),
            Arbitraries.longs().between(0, 1_500),
            Arbitraries.doubles().between(0.89, 1.11).ofScale(4),
            Arbitraries.longs().between(-450, 450))
        .as(Request::new);
  }

  @Property
  void clocks_withinWhatIsTolerated_raiseNoAlarm(
      @ForAll @Size(max = 100) List<@From("requests") Request> requests,
      @ForAll @LongRange(min = 0, max = 999) long millis,
      @ForAll @LongRange(min = -SECOND * 100_000, max = SECOND * 100_000) long nanos) {
    Clocks clocks = new Clocks(1_767_225_600L * SECOND + millis * MILLI, nanos);
    for (Request request : requests) {
      assertThat(clocks.answered(request)).isEmpty();
    }
  }

  @Property
  void jump_beyondWhatTwoAnswersCannotTell_isReportedAtMostAsItWas(
      @ForAll @Size(min = 1, max = 30) List<@From("requests") Request> requests,
      @ForAll @LongRange(min = 0, max = 900) long there,
      @ForAll @LongRange(min = 0, max = 900) long back,
      @ForAll @LongRange(min = 0, max = 86_400_000) long beyondMillis,
      @ForAll boolean unseen) {
    Clocks clocks = new Clocks(1_767_225_600L * SECOND, 0);
    assertThat(clocks.answered(new Request(0, 10, 10, 1, 0))).isEmpty();
    Request last = requests.get(requests.size() - 1);
    for (Request request : requests) {
      assertThat(clocks.answered(new Request(request.pauseMillis(), there, back, 1, 0))).isEmpty();
    }
    // Two dates cut to the second, twice the slack of each, both round trips, and the rate.
    long undecidable = 4_000 + 4 * (there + back) + last.pauseMillis() / 5;
    long jump = (undecidable + beyondMillis) * MILLI;
    clocks.time += unseen ? jump : 0;
    clocks.nanos += unseen ? 0 : jump;
    // The clock's own jump counts as passed time, of which a tenth is tolerated.
    long extra = unseen ? 0 : jump / 8;
    clocks.nanos += extra;

    Optional<Duration> reported = clocks.answered(new Request(0, there, back, 1, 0));

    assertThat(reported).isPresent();
    assertThat(reported.get().isNegative()).isEqualTo(!unseen);
    assertThat(reported.get().abs()).isLessThanOrEqualTo(Duration.ofNanos(jump + extra));
    assertThat(clocks.answered(new Request(0, there, back, 1, 0))).isEmpty();
  }
}
