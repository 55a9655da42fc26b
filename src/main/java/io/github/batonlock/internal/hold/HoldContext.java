package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.callback.CallbackDispatcher;
import io.github.batonlock.internal.callback.PendingCalls;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.observe.Claims;
import io.github.batonlock.internal.observe.KeyObservers;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.Platform;
import io.github.batonlock.internal.store.Guards;

/** What the holds of one client share. */
public final class HoldContext {
  public final ClientConfig config;
  final Platform platform;
  public final EventLoop loop;
  final CallbackDispatcher notices;
  public final RequestDispatcher requests;
  final PendingCalls calls;
  public final PendingWork work;
  public final ActiveHolds holds;
  final Successors successors;
  final SessionEvents sessionEvents;
  public final Observations observations;
  final KeyObservers watches;
  public final RetiredVersions retired;
  public final VersionFactory versions;
  public final Claims claims;
  final Guards guards;
  public final Releases releases;
  final ItemAudit audit;
  public final ClockMonitor clockMonitor;

  public HoldContext(
      ClientConfig config,
      Platform platform,
      CallbackDispatcher notices,
      RequestDispatcher requests,
      PendingCalls calls,
      PendingWork work,
      ActiveHolds holds,
      Successors successors,
      SessionEvents sessionEvents,
      Observations observations,
      KeyObservers watches,
      RetiredVersions retired,
      VersionFactory versions,
      Claims claims,
      Guards guards) {
    this.config = config;
    this.platform = platform;
    this.loop = platform.loop();
    this.notices = notices;
    this.requests = requests;
    this.calls = calls;
    this.work = work;
    this.holds = holds;
    this.successors = successors;
    this.sessionEvents = sessionEvents;
    this.observations = observations;
    this.watches = watches;
    this.retired = retired;
    this.versions = versions;
    this.claims = claims;
    this.guards = guards;
    this.releases = new Releases(this);
    this.audit = new ItemAudit(this);
    this.clockMonitor = new ClockMonitor(this);
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
