package io.github.batonlock.micrometer;

import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.LockListener.AcquisitionEnded.How;
import io.github.batonlock.LockListener.AcquisitionEnded.Outcome;
import io.github.batonlock.Revocation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** The meters of the locks of one group, in one registry. All exist from the beginning. */
final class LockMeters {
  /** How a hold ends. */
  enum HoldEnd {
    RELEASED,
    UNCONFIRMED,
    REVOKED
  }

  /** From one request to many leases. */
  private static final Duration[] WAITS =
      LongStream.of(
              5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000,
              120_000, 300_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Tags group;
  private final Map<List<String>, Timer> acquire = new HashMap<>();
  private final Map<HoldEnd, Timer> hold = new EnumMap<>(HoldEnd.class);
  private final Map<Revocation.Reason, Counter> revocations =
      new EnumMap<>(Revocation.Reason.class);

  /**
   * Registers the meters.
   *
   * @param group the tag of the group; empty where locks have no groups
   * @param counts what the gauges show
   * @param hasTimers whether acquisitions and holds are timed
   */
  LockMeters(MeterRegistry registry, Tags group, LockCounts counts, boolean hasTimers) {
    this.registry = registry;
    this.group = group;
    if (hasTimers) {
      registerTimers();
    }
    for (Revocation.Reason reason : Revocation.Reason.values()) {
      revocations.put(reason, revocation(reason));
    }
    gauge("baton.locks.held", "Locks that are held now", counts, LockCounts::held);
    gauge("baton.locks.waiting", "Callers that wait for a lock", counts, LockCounts::waiting);
    gauge(
        "baton.locks.jeopardy",
        "Held locks whose renewals have failed for a while",
        counts,
        LockCounts::inJeopardy);
  }

  private void registerTimers() {
    for (Outcome outcome : Outcome.values()) {
      for (How how : outcome == Outcome.ACQUIRED ? acquired() : List.of(How.NONE)) {
        List<String> values = List.of(name(outcome), name(how));
        acquire.put(values, acquisition(values));
      }
    }
    for (HoldEnd end : HoldEnd.values()) {
      hold.put(
          end,
          Timer.builder("baton.lock.hold")
              .description("Time from the grant of a lock to its release or revocation")
              .tags(group.and("outcome", name(end)))
              .register(registry));
    }
  }

  private static List<How> acquired() {
    List<How> ways = new ArrayList<>(List.of(How.values()));
    ways.remove(How.NONE);
    return ways;
  }

  private Timer acquisition(List<String> values) {
    return Timer.builder("baton.lock.acquire")
        .description("Time from the call of an acquisition to its result")
        .tags(group.and("outcome", values.get(0), "how", values.get(1)))
        .serviceLevelObjectives(WAITS)
        .register(registry);
  }

  private Counter revocation(Revocation.Reason reason) {
    return Counter.builder("baton.lock.revocations")
        .description("Locks that were lost, by reason")
        .tags(group.and("reason", name(reason)))
        .register(registry);
  }

  private void gauge(
      String name, String description, LockCounts counts, ToDoubleFunction<LockCounts> value) {
    Gauge unused =
        Gauge.builder(name, counts, value)
            .description(description)
            .tags(group)
            .strongReference(true)
            .register(registry);
  }

  void acquisitionEnded(AcquisitionEnded event) {
    Timer timer = acquire.get(List.of(name(event.outcome()), name(event.how())));
    if (timer != null) {
      timer.record(event.waited());
    }
  }

  void holdEnded(HoldEnd end, Duration held) {
    Timer timer = hold.get(end);
    if (timer != null) {
      timer.record(held);
    }
  }

  void revoked(Revocation.Reason reason) {
    Counter counter = revocations.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** The value of a tag for an outcome. */
  static String name(Outcome outcome) {
    return switch (outcome) {
      case ACQUIRED, NOT_ACQUIRED, CANCELLED -> name((Enum<?>) outcome);
      case TIMED_OUT -> "timeout";
      case FAILED -> "error";
    };
  }

  /** The value of a tag for a constant. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
