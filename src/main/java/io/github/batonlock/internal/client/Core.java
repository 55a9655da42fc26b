package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.dynamodb.LockGuards;
import io.github.batonlock.internal.observe.AvailabilityProbe;
import io.github.batonlock.internal.observe.Claims;
import io.github.batonlock.internal.observe.ItemClassifier;
import io.github.batonlock.internal.observe.KeyObservers;
import io.github.batonlock.internal.observe.LocalHolds;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.observe.SessionObservers;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.Guards;
import io.github.batonlock.internal.store.LockStore;
import org.jspecify.annotations.Nullable;

/**
 * The parts that make up one client, and what they share. Observations, retired versions,
 * reservations, claims and the registry belong to the loop; everything else is immutable or safe
 * for use by many threads.
 */
final class Core {
  final ClientConfig config;
  final Platform platform;
  final EventLoop loop;
  final CallbackDispatcher notices;
  final RequestDispatcher requests;
  final Releases releases;
  final LateWriteReaper stragglers;
  final ItemAudit audit;
  final Registry registry;
  final ClockMonitor clockWatch;
  final PendingCalls calls;
  final LockInfoFactory infos;
  final WaitQueues lines;
  final Sessions sessions;
  final SessionObservers sessionWatches;
  final KeyObservers watches;
  final AvailabilityProbe probe;
  final TakeoverPolicy takeover;
  final Guards guards;
  final Observations observations;
  final RetiredVersions retired;
  final Reservations reservations;
  final VersionFactory versions;
  final Claims claims = new Claims();

  Core(ClientConfig config, Platform platform, LockStore store, @Nullable LockListener listener) {
    this.config = config;
    this.observations =
        new Observations(
            config.bounds().limit(Bound.OBSERVED_LOCKS),
            config.bounds().limit(Bound.OBSERVED_BYTES),
            config.bounds().limit(Bound.REPLACED_VERSIONS));
    this.retired = new RetiredVersions(config.bounds().limit(Bound.RETIRED_VERSIONS));
    this.reservations = new Reservations(config.bounds().limit(Bound.RELEASE_REQUESTS_SENT));
    this.platform = platform;
    this.loop = platform.loop();
    this.versions = new VersionFactory(platform.random());
    this.notices = new CallbackDispatcher(platform.callbacks(), listener);
    this.registry = new Registry(loop);
    this.clockWatch = new ClockMonitor(this);
    this.calls = new PendingCalls(loop);
    this.lines = new WaitQueues(this);
    this.sessions = new Sessions(this);
    this.guards =
        new LockGuards(
            config.tableName(),
            new ItemCodec(config.partitionKeyName(), config.sortKeyName()),
            config.ownerName());
    this.requests =
        new RequestDispatcher(
            store, loop, config.bounds(), platform.random(), clockWatch::serverDisagrees);
    LocalHolds holds = localHolds();
    this.takeover = new TakeoverPolicy(config, holds, retired, reservations, claims);
    ItemClassifier classifier = new ItemClassifier(loop, observations, takeover);
    this.infos = new LockInfoFactory(loop, observations, classifier, holds);
    this.watches = new KeyObservers(config, loop, requests, classifier, infos);
    this.sessionWatches = new SessionObservers(config, loop, requests, classifier, versions);
    this.probe = new AvailabilityProbe(config, requests, classifier, sessionWatches, holds);
    this.releases = new Releases(this);
    this.stragglers = new LateWriteReaper(this);
    this.audit = new ItemAudit(this);
  }

  private LocalHolds localHolds() {
    return new LocalHolds() {
      @Override
      public boolean isHeldHere(LockKey key) {
        return registry.isHeldHere(key);
      }

      @Override
      public boolean isHeldAs(LockKey key, String version) {
        return registry.isHeldAs(key, version);
      }

      @Override
      public boolean isNamedByAHold(LockKey key, String version) {
        return registry.isNamedByAHold(key, version);
      }

      @Override
      public boolean isOpenSession(LockKey session) {
        return sessions.open(session) != null;
      }
    };
  }

  /** The count of what this client keeps now. On the loop, or after the loop has stopped. */
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

  /** The tenure of a hold that was just granted. */
  HoldVersions tenure(Grant grant, long fencingToken) {
    return new HoldVersions(
        config.ownerName(),
        grant.version(),
        grant.sentAt(),
        fencingToken,
        config.bounds().limit(Bound.CONDITION_VERSIONS),
        config.bounds().limit(Bound.UNCONFIRMED_VERSIONS));
  }
}
