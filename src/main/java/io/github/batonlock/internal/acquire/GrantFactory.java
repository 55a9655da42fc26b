package io.github.batonlock.internal.acquire;

import io.github.batonlock.internal.hold.HoldFactory;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.session.SessionRef;
import io.github.batonlock.internal.session.Sessions;

/** The factory of the granting writes of acquisitions. Any thread. */
public final class GrantFactory {
  private final EventLoop loop;
  private final Sessions sessions;
  private final GrantVersions versions;
  private final LateWriteReaper lateWrites;
  private final HoldFactory holds;

  public GrantFactory(
      EventLoop loop,
      Sessions sessions,
      GrantVersions versions,
      LateWriteReaper lateWrites,
      HoldFactory holds) {
    this.loop = loop;
    this.sessions = sessions;
    this.versions = versions;
    this.lateWrites = lateWrites;
    this.holds = holds;
  }

  /** The granting writes for one lock. */
  UnsettledGrants of(AcquireSpec spec) {
    SessionRef session = new SessionRef(sessions, spec.leases());
    return new UnsettledGrants(spec, session, loop, versions, lateWrites, holds);
  }
}
