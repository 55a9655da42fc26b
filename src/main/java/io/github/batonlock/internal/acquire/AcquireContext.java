package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.HoldFactory;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.observe.Claims;
import io.github.batonlock.internal.observe.LockInfoFactory;
import io.github.batonlock.internal.observe.SessionObservers;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.Reservations;
import io.github.batonlock.internal.protocol.RetiredVersions;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.session.Sessions;

/** What the acquisitions of one client share. */
public final class AcquireContext {
  final ClientConfig config;
  final EventLoop loop;
  final RequestDispatcher requests;
  final PendingWork work;
  final ActiveHolds holds;
  public final PendingAcquisitions acquisitions;
  final WaitQueues lines;
  final Sessions sessions;
  final SessionObservers sessionWatches;
  final LockInfoFactory infos;
  final TakeoverPolicy takeover;
  final Observations observations;
  final RetiredVersions retired;
  final Reservations reservations;
  final VersionFactory versions;
  final Claims claims;
  final Releases releases;
  public final LateWriteReaper stragglers;
  public final HoldFactory holdFactory;

  public AcquireContext(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      PendingWork work,
      ActiveHolds holds,
      HoldFactory holdFactory,
      Releases releases,
      Observations observations,
      RetiredVersions retired,
      VersionFactory versions,
      Claims claims,
      WaitQueues lines,
      Sessions sessions,
      SessionObservers sessionWatches,
      LockInfoFactory infos,
      TakeoverPolicy takeover,
      Reservations reservations) {
    this.holdFactory = holdFactory;
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.work = work;
    this.holds = holds;
    this.observations = observations;
    this.retired = retired;
    this.versions = versions;
    this.claims = claims;
    this.releases = releases;
    this.lines = lines;
    this.sessions = sessions;
    this.sessionWatches = sessionWatches;
    this.infos = infos;
    this.takeover = takeover;
    this.reservations = reservations;
    this.acquisitions = new PendingAcquisitions(loop);
    this.stragglers = new LateWriteReaper(this);
  }
}
