package io.github.batonlock.micrometer;

import static io.github.batonlock.micrometer.LockMeters.name;

import io.github.batonlock.LockListener.RenewalEnded;
import io.github.batonlock.LockListener.RequestEnded;
import io.github.batonlock.LockListener.RequestEnded.Operation;
import io.github.batonlock.LockListener.RequestEnded.Result;
import io.github.batonlock.recipe.election.LeaderElection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The meters of renewals, requests, clocks and elections, in one registry. Any thread. */
final class ClientMeters {
  private static final double NANOS = 1e9;

  /** Up to the usable part of some minutes; 5 is the default interval between heartbeats. */
  private static final double[] SLACKS = {
    0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 30, 60, 120
  };

  private final MeterRegistry registry;
  private final Map<Operation, Map<Result, Counter>> requests = new EnumMap<>(Operation.class);
  private final Timer confirmedOwn;
  private final Timer confirmedSession;
  private final Timer unconfirmedOwn;
  private final Timer unconfirmedSession;
  private final DistributionSummary slack;
  private final Counter clockSuspect;
  private final Counter eventsDropped;

  ClientMeters(MeterRegistry registry) {
    this.registry = registry;
    this.confirmedOwn = renewal("confirmed", "own");
    this.confirmedSession = renewal("confirmed", "session");
    this.unconfirmedOwn = renewal("unconfirmed", "own");
    this.unconfirmedSession = renewal("unconfirmed", "session");
    this.slack =
        DistributionSummary.builder("baton.lease.slack")
            .description("What was left of the usable lease at each confirmed renewal")
            .baseUnit("seconds")
            .serviceLevelObjectives(SLACKS)
            .register(registry);
    for (Operation operation : Operation.values()) {
      Map<Result, Counter> ofOperation = new EnumMap<>(Result.class);
      ofOperation.put(Result.APPLIED, request(operation, Result.APPLIED, "none"));
      ofOperation.put(Result.REFUSED, request(operation, Result.REFUSED, "none"));
      requests.put(operation, ofOperation);
    }
    this.clockSuspect =
        Counter.builder("baton.clock.suspect")
            .description("How often this machine's clocks broke the assumptions of leases")
            .register(registry);
    this.eventsDropped =
        Counter.builder("baton.events.dropped")
            .description("Events that are missing in the other meters")
            .register(registry);
  }

  private Timer renewal(String outcome, String scope) {
    return Timer.builder("baton.lease.renewal")
        .description("Time from the send of a renewal to its answer or failure")
        .tags("outcome", outcome, "scope", scope)
        .register(registry);
  }

  private Counter request(Operation operation, Result result, String failure) {
    return Counter.builder("baton.requests")
        .description("Requests to DynamoDB")
        .tags("operation", name(operation), "outcome", name(result), "failure", failure)
        .register(registry);
  }

  MeterRegistry registry() {
    return registry;
  }

  void renewalEnded(RenewalEnded event) {
    Timer confirmed = event.ofSession() ? confirmedSession : confirmedOwn;
    Timer unconfirmed = event.ofSession() ? unconfirmedSession : unconfirmedOwn;
    (event.confirmed() ? confirmed : unconfirmed).record(event.latency());
    if (event.confirmed()) {
      slack.record(seconds(event.slack()));
    }
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / NANOS;
  }

  void requestEnded(RequestEnded event) {
    Counter known = requests.getOrDefault(event.operation(), Map.of()).get(event.result());
    if (known != null) {
      known.increment();
    } else {
      String failure = event.failure().map(LockMeters::name).orElse("none");
      request(event.operation(), event.result(), failure).increment();
    }
  }

  void clockSuspect() {
    clockSuspect.increment();
  }

  void eventsDropped(long number) {
    eventsDropped.increment((double) number);
  }

  /** Registers the gauge of an election, if it does not exist. */
  void election(String name, Map<String, LeaderElection> elections) {
    Gauge unused =
        Gauge.builder("baton.leader", elections, all -> isLeader(all.get(name)) ? 1 : 0)
            .description("1 while this process leads, otherwise 0")
            .tags("election", name)
            .strongReference(true)
            .register(registry);
  }

  private static boolean isLeader(@Nullable LeaderElection election) {
    return election != null && election.isLeader();
  }
}
