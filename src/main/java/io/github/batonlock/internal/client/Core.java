package io.github.batonlock.internal.client;

import io.github.batonlock.LockListener;
import io.github.batonlock.internal.callback.Notices;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.dynamodb.LockGuards;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.RecordVersion;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.Tenure;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.Requests;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.Guards;
import io.github.batonlock.internal.store.LockStore;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one client share. Observations, retired versions, reservations, claims and the
 * registry belong to the loop; everything else is immutable or safe for use by many threads.
 */
final class Core {
  final ClientConfig config;
  final Platform platform;
  final EventLoop loop;
  final Notices notices;
  final Requests requests;
  final Releases releases;
  final Stragglers stragglers;
  final ItemAudit audit;
  final Registry registry;
  final ClockWatch clockWatch;
  final PendingCalls calls;
  final LockInfos infos;
  final Lines lines;
  final Sessions sessions;
  final SessionWatches sessionWatches;
  final Watches watches;
  final TakeoverRule takeover;
  final Guards guards;
  final Observations observations;
  final RetiredVersions retired;
  final Reservations reservations;
  final Claims claims = new Claims();
  private final Map<Bound, Limit> limits = new EnumMap<>(Bound.class);

  Core(ClientConfig config, Platform platform, LockStore store, @Nullable LockListener listener) {
    this.config = config;
    for (Bound bound : Bound.values()) {
      limits.put(bound, limitOf(bound));
    }
    this.observations =
        new Observations(
            limit(Bound.OBSERVED_LOCKS),
            limit(Bound.OBSERVED_BYTES),
            limit(Bound.REPLACED_VERSIONS));
    this.retired = new RetiredVersions(limit(Bound.RETIRED_VERSIONS));
    this.reservations = new Reservations(limit(Bound.RELEASE_REQUESTS_SENT));
    this.platform = platform;
    this.loop = platform.loop();
    this.notices = new Notices(platform.callbacks(), listener);
    this.registry = new Registry(loop);
    this.clockWatch = new ClockWatch(this);
    this.calls = new PendingCalls(loop);
    this.infos = new LockInfos(this);
    this.lines = new Lines(this);
    this.sessions = new Sessions(this);
    this.sessionWatches = new SessionWatches(this);
    this.watches = new Watches(this);
    this.takeover = new TakeoverRule(this);
    this.guards =
        new LockGuards(
            config.tableName(),
            new ItemCodec(config.partitionKeyName(), config.sortKeyName()),
            config.ownerName());
    this.requests =
        new Requests(store, loop, platform.clock(), bounds(), clockWatch::serverDisagrees);
    this.releases = new Releases(this);
    this.stragglers = new Stragglers(this);
    this.audit = new ItemAudit(this);
  }

  private Limit limitOf(Bound bound) {
    return new Limit(bounds().of(bound), () -> bounds().reached(bound));
  }

  /** What is kept now. On the loop, or after it has stopped. */
  Census census() {
    Census census = new Census();
    registry.count(census);
    calls.count(census);
    lines.count(census);
    sessions.count(census);
    sessionWatches.count(census);
    watches.count(census);
    requests.count(census);
    stragglers.count(census);
    claims.count(census);
    census.add(Kept.WAITERS_OBSERVATIONS, observations.waitersOwn());
    census.add(Kept.FOLLOWED_RELEASES, retired.followed());
    census.add(Kept.CALLBACKS, notices.running());
    return census;
  }

  /** How much of everything. Any thread. */
  Bounds bounds() {
    return config.bounds();
  }

  /** A bound, as the decisions take it. Any thread. */
  Limit limit(Bound bound) {
    Limit limit = limits.get(bound);
    if (limit == null) {
      throw new IllegalStateException("no limit for " + bound);
    }
    return limit;
  }

  /** What is known of a hold that was just granted. */
  Tenure tenure(HoldGrant grant, long fencingToken) {
    return new Tenure(
        config.ownerName(),
        grant.version(),
        grant.sentAt(),
        fencingToken,
        limit(Bound.CONDITION_VERSIONS),
        limit(Bound.UNCONFIRMED_VERSIONS));
  }

  /** Pauses between tries, for a lock with such a lease. */
  Backoff backoff(LeaseTerms terms) {
    return new Backoff(platform.random(), terms, limit(Bound.BACKOFF_DOUBLINGS));
  }

  /** Whether the calling thread may touch what belongs to the loop; for assertions. */
  boolean isOnLoop() {
    return loop.isCurrent();
  }

  /** The current moment. Any thread. */
  Moment now() {
    return new Moment(platform.clock().nanoTime(), platform.clock().epochMillis());
  }

  /** A fresh version, for one send at the given moment. */
  String newVersion(Moment sentAt) {
    return RecordVersion.create(sentAt.epochMillis(), platform.random());
  }
}
