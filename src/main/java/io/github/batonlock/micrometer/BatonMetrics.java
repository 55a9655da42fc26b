package io.github.batonlock.micrometer;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.Revocation;
import io.github.batonlock.micrometer.LockMeters.HoldEnd;
import io.github.batonlock.recipe.election.LeaderElection;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what a lock client does: a listener for the client, and a binder for meter registries.
 * The page {@code docs/observability.md} lists the meters, with alerts and a dashboard.
 *
 * <pre>{@code
 * BatonMetrics metrics = new BatonMetrics();
 * metrics.bindTo(meterRegistry);
 * LockClient client = LockClient.builder(dynamoDb, "locks").listener(metrics).build();
 * }</pre>
 *
 * <p>A client has one listener: {@link LockListener#andThen} adds another. Several clients may
 * share one object of this class; their values are then added up. Events before {@link #bindTo} are
 * missing in timers and counters, but not in gauges. An object may be bound to several registries.
 *
 * <p><b>Cost.</b> All meters are changed on the client's callback executor, none on the client's
 * loop. Where that is too slow for the client, events of calls and requests are dropped; {@code
 * baton.events.dropped} counts them. No tag has a value for each lock.
 *
 * <p>Safe for use by many threads.
 */
public final class BatonMetrics implements LockListener, MeterBinder {
  private final @Nullable LockGroups groupNames;
  private final boolean hasTimers;
  private final Clock clock;
  private final Holds holds = new Holds();
  private final Map<String, LockGroup> groups = new ConcurrentHashMap<>();
  private final Map<String, LeaderElection> elections = new ConcurrentHashMap<>();
  private final List<ClientMeters> registries = new CopyOnWriteArrayList<>();

  /** Creates meters without groups of locks, bound to no registry yet. */
  public BatonMetrics() {
    this(new Builder(), Clock.SYSTEM);
  }

  /** Creates meters whose holds are timed by this clock. */
  BatonMetrics(Builder builder, Clock clock) {
    this.groupNames = builder.groups;
    this.hasTimers = builder.hasTimers;
    this.clock = clock;
    if (groupNames == null) {
      groups.put("", new LockGroup(Tags.empty()));
    }
  }

  /**
   * Returns a builder of meters.
   *
   * @return a builder, for one thread
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Registers the meters. The meters of a group of locks are registered when the group is met for
   * the first time.
   *
   * @param registry where
   */
  @Override
  public synchronized void bindTo(MeterRegistry registry) {
    ClientMeters meters = new ClientMeters(registry);
    registries.add(meters);
    groups.values().forEach(group -> group.bindTo(registry, hasTimers));
    elections.keySet().forEach(name -> meters.election(name, elections));
  }

  /**
   * Registers gauge {@code baton.leader} for an election. Another election with the same name
   * replaces it.
   *
   * @param name the value of tag {@code election}; choose it, since keys of locks may be many
   * @param election asked at each reading of the gauge; closed by its owner, then the gauge is zero
   */
  public synchronized void bindElection(String name, LeaderElection election) {
    elections.put(
        Objects.requireNonNull(name, "name"), Objects.requireNonNull(election, "election"));
    registries.forEach(each -> each.election(name, elections));
  }

  private LockGroup group(LockKey key) {
    String name = groupNames == null ? "" : groupNames.of(key);
    LockGroup known = groups.get(name);
    return known != null ? known : newGroup(name);
  }

  private synchronized LockGroup newGroup(String name) {
    LockGroup known = groups.get(name);
    if (known != null) {
      return known;
    }
    LockGroup group = new LockGroup(Tags.of("lock.group", name));
    registries.forEach(each -> group.bindTo(each.registry(), hasTimers));
    groups.put(name, group);
    return group;
  }

  private void ended(HeldLock lock, LockGroup group, HoldEnd end) {
    holds
        .ended(lock, group.counts(), clock.monotonicTime())
        .ifPresent(nanos -> group.holdEnded(end, Duration.ofNanos(nanos)));
  }

  @Override
  public void acquired(HeldLock lock) {
    holds.began(lock, group(lock.key()).counts(), clock.monotonicTime());
  }

  @Override
  public void released(HeldLock lock) {
    ended(lock, group(lock.key()), HoldEnd.RELEASED);
  }

  @Override
  public void releaseUnconfirmed(HeldLock lock, LockException failure) {
    ended(lock, group(lock.key()), HoldEnd.UNCONFIRMED);
  }

  @Override
  public void revoked(HeldLock lock, Revocation revocation) {
    LockGroup group = group(lock.key());
    ended(lock, group, HoldEnd.REVOKED);
    group.revoked(revocation.reason());
  }

  @Override
  public void jeopardy(HeldLock lock) {
    holds.jeopardy(lock, group(lock.key()).counts(), 1);
  }

  @Override
  public void safe(HeldLock lock) {
    holds.jeopardy(lock, group(lock.key()).counts(), -1);
  }

  @Override
  public void waitBegan(LockKey key) {
    group(key).counts().addWaiting(1);
  }

  @Override
  public void waitEnded(LockKey key) {
    group(key).counts().addWaiting(-1);
  }

  @Override
  public void clockSuspect(Duration unseen, String description) {
    registries.forEach(ClientMeters::clockSuspect);
  }

  @Override
  public void acquisitionEnded(AcquisitionEnded event) {
    group(event.key()).acquisitionEnded(event);
  }

  @Override
  public void renewalEnded(RenewalEnded event) {
    registries.forEach(each -> each.renewalEnded(event));
  }

  @Override
  public void requestEnded(RequestEnded event) {
    registries.forEach(each -> each.requestEnded(event));
  }

  @Override
  public void eventsDropped(long number) {
    registries.forEach(each -> each.eventsDropped(number));
  }

  /** Builds {@link BatonMetrics}; not safe for use by several threads. */
  public static final class Builder {
    private @Nullable LockGroups groups;
    private boolean hasTimers = true;

    private Builder() {}

    /**
     * Adds tag {@code lock.group} to the meters whose names begin with {@code baton.lock.} or
     * {@code baton.locks.}. Default: they have no such tag.
     *
     * <p>Each group costs about twenty meters in each process. The groups beyond the bound are one
     * group, {@code other}. Locks for which the function returns null or blank text, or throws, are
     * the group {@code none}.
     *
     * @param most how many groups there may be, positive
     * @param group gives the group of a lock, always the same for a key: a kind of job for
     *     instance, never the key itself if keys are many; called by many threads
     * @return this
     * @throws IllegalArgumentException if {@code most} is not positive
     */
    public Builder lockGroups(int most, Function<LockKey, @Nullable String> group) {
      if (most <= 0) {
        throw new IllegalArgumentException(
            "lockGroups needs a positive number of groups, but got " + most);
      }
      groups = new LockGroups(most, Objects.requireNonNull(group, "group"));
      return this;
    }

    /**
     * Leaves out the timers {@code baton.lock.acquire} and {@code baton.lock.hold}. For programs
     * whose observation registry makes timers of the observations of the same names ({@link
     * BatonObservations}), as that of Spring Boot does: two timers of one name, with different
     * tags, do not fit into one Prometheus registry.
     *
     * @return this
     */
    public Builder withoutObservedTimers() {
      hasTimers = false;
      return this;
    }

    /**
     * Builds the meters, bound to no registry yet.
     *
     * @return the meters
     */
    public BatonMetrics build() {
      return new BatonMetrics(this, Clock.SYSTEM);
    }
  }
}
