package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.Guards;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The place where one hold is put together. An acquisition that was granted asks it for the held
 * lock. On the loop.
 */
public final class HoldFactory {
  private final EventLoop loop;
  private final HoldUsers users;
  private final Guards guards;
  private final HoldRequests requests;
  private final ActiveHolds holds;
  private final Releases releases;

  public HoldFactory(
      EventLoop loop,
      HoldUsers users,
      Guards guards,
      HoldRequests requests,
      ActiveHolds holds,
      Releases releases) {
    this.loop = loop;
    this.users = users;
    this.guards = guards;
    this.requests = requests;
    this.holds = holds;
    this.releases = releases;
  }

  /**
   * A hold that was just granted. It is not renewed before {@link DefaultHeldLock#keep}.
   *
   * @param data what the lock item stores; null for none
   */
  public DefaultHeldLock create(
      HoldSpec spec, long fencingToken, @Nullable SdkBytes data, Grant grant) {
    return new DefaultHeldLock(
        new DefaultHeldLock.Granted(spec, fencingToken, data, grant),
        loop,
        users,
        guards,
        lock -> renewer(lock, grant));
  }

  private DefaultHeldLock.Renewer renewer(DefaultHeldLock lock, Grant grant) {
    return grant.session() == null
        ? new OwnLease(lock, grant, loop, requests, holds, releases)
        : new SharedLease(lock, grant, loop, requests, holds, releases);
  }
}
