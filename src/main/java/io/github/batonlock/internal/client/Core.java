package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener;
import io.github.batonlock.internal.acquire.AcquireSpec;
import io.github.batonlock.internal.acquire.Acquisition;
import io.github.batonlock.internal.acquire.AcquisitionFactory;
import io.github.batonlock.internal.acquire.GrantFactory;
import io.github.batonlock.internal.acquire.GrantVersions;
import io.github.batonlock.internal.acquire.HolderObserver;
import io.github.batonlock.internal.acquire.LateWriteReaper;
import io.github.batonlock.internal.acquire.Marks;
import io.github.batonlock.internal.acquire.PendingAcquisitions;
import io.github.batonlock.internal.acquire.ReleaseRequester;
import io.github.batonlock.internal.acquire.TransactionalAcquisition;
import io.github.batonlock.internal.acquire.WaitQueues;
import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.callback.ListenerEvents;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.callback.Warnings;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.dynamodb.ItemCodec;
import io.github.batonlock.internal.dynamodb.LockGuards;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.ClockMonitor;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.HoldFactory;
import io.github.batonlock.internal.hold.HoldRequests;
import io.github.batonlock.internal.hold.HoldUsers;
import io.github.batonlock.internal.hold.ItemAudit;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.observe.AvailabilityProbe;
import io.github.batonlock.internal.observe.Claims;
import io.github.batonlock.internal.observe.FirstSight;
import io.github.batonlock.internal.observe.ItemClassifier;
import io.github.batonlock.internal.observe.KeyObservers;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.observe.OwnVersions;
import io.github.batonlock.internal.observe.SessionObservers;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.Census.Kept;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.PerThread;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.session.Sessions;
import io.github.batonlock.internal.store.Guards;
import io.github.batonlock.internal.store.LockStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The parts that make up one client, and what they share. Observations, retired versions,
 * reservations, claims and holds belong to the loop; everything else is immutable or safe for use
 * by many threads.
 */
final class Core {
  final ClientConfig config;
  final Platform platform;
  final EventLoop loop;
  final Warnings warnings;
  final CallbackDispatcher callbacks;
  final ListenerEvents events;
  final RequestDispatcher requests;
  final PendingWork work;
  final PendingCalls calls;
  final ActiveHolds holds;
  final LockInfoFactory infos;
  final Sessions sessions;
  final KeyObservers observers;
  final AvailabilityProbe probe;
  final HoldFactory holdFactory;
  final PendingAcquisitions pending;
  final AcquisitionFactory acquisitions;

  /** How long one try may take that the calling thread begins now; see {@link RecipeSupport}. */
  final PerThread<Duration> timeOfOneTry = new PerThread<>();

  final ReleaseRequester requester;
  final WaitQueues queues;
  private final SessionObservers sessionObservers;
  private final LateWriteReaper lateWrites;
  private final GrantFactory grants;
  private final HolderObserver observer;
  private final Observations observations;
  private final RetiredVersions retired;
  private final Claims claims = new Claims();
  private final ClockMonitor clockMonitor;

  Core(ClientConfig config, Platform platform, LockStore store, @Nullable LockListener listener) {
    this.config = config;
    this.platform = platform;
    this.loop = platform.loop();
    Bounds bounds = config.bounds();
    this.observations =
        new Observations(
            bounds.limit(Bound.OBSERVED_LOCKS),
            bounds.limit(Bound.OBSERVED_BYTES),
            bounds.limit(Bound.REPLACED_VERSIONS));
    this.retired = new RetiredVersions(bounds.limit(Bound.RETIRED_VERSIONS));
    Reservations reservations = new Reservations(bounds.limit(Bound.RELEASE_REQUESTS_SENT));
    TableClock tableClock = tableClock(config);
    VersionFactory versions = new VersionFactory(platform.random());
    this.warnings = new Warnings(loop, platform.logging());
    this.callbacks = new CallbackDispatcher(platform.callbacks(), listener, warnings);
    this.events = new ListenerEvents(callbacks, listener, bounds.limit(Bound.LISTENER_EVENTS));
    this.work = new PendingWork(loop);
    this.calls = new PendingCalls(loop);
    this.requests =
        new RequestDispatcher(
            store,
            loop,
            bounds,
            platform.random(),
            this::answered,
            events.wantsRequests() ? ended -> events.add(told -> told.requestEnded(ended)) : null);
    this.holds = new ActiveHolds(loop);
    FirstSight firstSight = new FirstSight(config, tableClock);
    TakeoverPolicy takeover =
        new TakeoverPolicy(config, holds, retired, reservations, claims, firstSight);
    ItemClassifier classifier = new ItemClassifier(loop, observations, takeover);
    this.infos = new LockInfoFactory(loop, observations, classifier, holds);
    this.observers = new KeyObservers(config, loop, requests, classifier, infos);
    this.sessionObservers = new SessionObservers(config, loop, requests, classifier, versions);
    this.probe = new AvailabilityProbe(config, requests, classifier, sessionObservers, holds);
    this.queues = new WaitQueues(bounds, loop, platform.random(), observations, holds);
    this.sessions = new Sessions(config, loop, platform.random(), work, this::openSession);
    OwnVersions ownVersions = new OwnVersions(versions, claims, retired, tableClock);
    HoldRequests holdRequests = new HoldRequests(config, requests, ownVersions, events);
    Releases releases = new Releases(loop, holdRequests, ownVersions, observations, work, queues);
    this.holdFactory =
        new HoldFactory(
            loop,
            new HoldUsers(platform, calls, callbacks, sessions),
            guards(config),
            holdRequests,
            holds,
            releases);
    this.clockMonitor =
        new ClockMonitor(loop, callbacks, holds, observations, observers, tableClock);
    holds.listen(queues);
    holds.listen(clockMonitor);
    holds.listen(new ItemAudit(config, loop, requests));
    GrantVersions grantVersions =
        new GrantVersions(config.ownerName(), ownVersions, releases, warnings);
    this.lateWrites =
        new LateWriteReaper(loop, requests, bounds, sessions, takeover, grantVersions);
    this.grants = new GrantFactory(loop, sessions, grantVersions, lateWrites, holdFactory);
    this.observer =
        new HolderObserver(classifier, infos, sessionObservers, new Marks(requests, work));
    this.requester =
        new ReleaseRequester(loop, requests, work, config, reservations, grantVersions);
    this.pending = new PendingAcquisitions(loop, work, queues, holds);
    this.acquisitions =
        new AcquisitionFactory(loop, requests, pending, grants, observer, requester);
  }

  private static TableClock tableClock(ClientConfig config) {
    Duration error = config.maxTableClockError();
    return error == null ? TableClock.unknown() : new TableClock(error);
  }

  private static Guards guards(ClientConfig config) {
    return new LockGuards(
        config.tableName(),
        new ItemCodec(config.partitionKeyName(), config.sortKeyName()),
        config.ownerName());
  }

  private void answered(Instant date, ClockReading sentAt, ClockReading receivedAt) {
    clockMonitor.answered(date, sentAt, receivedAt);
  }

  private CompletableFuture<Optional<DefaultHeldLock>> openSession(LockKey key) {
    Acquisition acquisition = acquisitions.create(AcquireSpec.ofSession(key, config), true);
    acquisition.start();
    return acquisition.result();
  }

  /** One try to take several locks in one transaction. It has not started. */
  TransactionalAcquisition together(List<AcquireSpec> specs) {
    return new TransactionalAcquisition(specs, loop, requests, work, holds, grants, observer);
  }

  /** The count of what this client keeps now. On the loop, or after the loop has stopped. */
  Census census() {
    Census census = new Census();
    holds.count(census);
    pending.count(census);
    work.count(census);
    calls.count(census);
    queues.count(census);
    sessions.count(census);
    sessionObservers.count(census);
    observers.count(census);
    requests.count(census);
    lateWrites.count(census);
    claims.count(census);
    census.add(Kept.WAITERS_OBSERVATIONS, observations.waitersOwn());
    census.add(Kept.FOLLOWED_RELEASES, retired.followed());
    census.add(Kept.CALLBACKS, callbacks.running());
    return census;
  }
}
