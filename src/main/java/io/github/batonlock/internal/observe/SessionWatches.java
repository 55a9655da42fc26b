package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.protocol.RecentlyUsed;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.Requests;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of others that this client has met, and who waits for their end. Those that are
 * waited for are all kept; of the others a bounded number is remembered, of which only their end is
 * worth it: what was observed of them is in the client's observations.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionWatches {
  private final ClientConfig config;
  private final EventLoop loop;
  private final Requests requests;
  private final Observations observations;
  private final TakeoverRule takeover;
  private final VersionFactory versions;
  private final Map<SessionWatch.Waiter, SessionWatch> joined = new HashMap<>();
  private final Map<LockKey, SessionWatch> watched = new HashMap<>();
  private final Map<LockKey, SessionWatch> unwatched;

  public SessionWatches(
      ClientConfig config,
      EventLoop loop,
      Requests requests,
      Observations observations,
      TakeoverRule takeover,
      VersionFactory versions) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.observations = observations;
    this.takeover = takeover;
    this.versions = versions;
    this.unwatched = new RecentlyUsed<>(config.bounds().limit(Bound.OBSERVED_SESSIONS));
  }

  /** Whether a session is known to have ended, which is for ever. */
  public boolean isOver(LockKey session) {
    assert loop.isCurrent();
    SessionWatch watch = of(session);
    return watch != null && watch.isOver();
  }

  private @Nullable SessionWatch of(LockKey session) {
    SessionWatch watch = watched.get(session);
    return watch != null ? watch : unwatched.get(session);
  }

  /**
   * Waits for the end of a session, instead of any other.
   *
   * @param session what a lock item names
   * @param lease the lease that item tells, for a session whose own item is missing
   * @param waiter who waits
   */
  public void join(LockKey session, Duration lease, SessionWatch.Waiter waiter) {
    SessionWatch known = of(session);
    SessionWatch watch =
        known != null
            ? known
            : new SessionWatch(config, loop, requests, observations, takeover, versions, session);
    if (joined.get(waiter) != watch) {
      leave(waiter);
      joined.put(waiter, watch);
      unwatched.remove(session);
      watched.put(session, watch);
      watch.join(waiter, lease);
    }
  }

  public void leave(SessionWatch.Waiter waiter) {
    assert loop.isCurrent();
    SessionWatch watch = joined.remove(waiter);
    if (watch == null) {
      return;
    }
    watch.leave(waiter);
    if (!watch.isWatching() && watched.remove(watch.key(), watch)) {
      unwatched.put(watch.key(), watch);
    }
  }

  public void count(Census census) {
    census.add(Census.Kept.WATCHED_SESSIONS, watched.size());
    int waiting =
        Stream.of(watched, unwatched)
            .flatMap(watches -> watches.values().stream())
            .mapToInt(SessionWatch::waiters)
            .sum();
    census.add(Census.Kept.SESSION_WAITERS, Math.max(waiting, joined.size()));
  }
}
