package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.LruMap;
import io.github.batonlock.internal.protocol.VersionFactory;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.LockWrite;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of other clients that this client has met, and the waiters for their end. All
 * sessions with waiters are kept. Of the others, a bounded number is remembered, only for the fact
 * that they have ended: the client's observations hold what was observed of them.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class SessionObservers {
  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final ItemClassifier classifier;
  private final VersionFactory versions;
  private final Map<SessionObserver.Waiter, SessionObserver> joined = new HashMap<>();
  private final Map<LockKey, SessionObserver> watched = new HashMap<>();
  private final Map<LockKey, SessionObserver> unwatched;

  public SessionObservers(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      ItemClassifier classifier,
      VersionFactory versions) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.classifier = classifier;
    this.versions = versions;
    this.unwatched = new LruMap<>(config.bounds().limit(Bound.OBSERVED_SESSIONS));
  }

  /** Whether a session is known to have ended. An ended session never opens again. */
  public boolean isOver(LockKey session) {
    assert loop.isCurrent();
    SessionObserver observer = of(session);
    return observer != null && observer.isOver();
  }

  private @Nullable SessionObserver of(LockKey session) {
    SessionObserver observer = watched.get(session);
    return observer != null ? observer : unwatched.get(session);
  }

  /**
   * Waits for the end of a session, instead of any other.
   *
   * @param session the session that a lock item names
   * @param lock that item: it decides where the session has no item of its own
   * @param waiter the waiter
   */
  public void join(LockKey session, LockItem lock, SessionObserver.Waiter waiter) {
    SessionObserver known = of(session);
    SessionObserver observer =
        known != null
            ? known
            : new SessionObserver(config, loop, requests, classifier, versions, session);
    if (joined.get(waiter) != observer) {
      leave(waiter);
      joined.put(waiter, observer);
      unwatched.remove(session);
      watched.put(session, observer);
      observer.join(waiter, lock);
    }
  }

  /**
   * The mark of a client that gives up on a lock which a session keeps: in the session's item, or
   * in the lock's own where the session has none.
   *
   * @param lock the lock
   * @param item its item
   * @param session the session that it names
   * @return null if no mark is wanted
   */
  public LockWrite.@Nullable Mark markOf(LockKey lock, LockItem item, LockKey session) {
    SessionObserver observer = of(session);
    if (observer == null || observer.isOver()) {
      return null;
    }
    Finding last = observer.lastFinding();
    if (last instanceof Finding.Live live) {
      return classifier.markOf(session, live.item(), live.seen());
    }
    return last instanceof Finding.Absent ? classifier.markOf(lock, item, null) : null;
  }

  public void leave(SessionObserver.Waiter waiter) {
    assert loop.isCurrent();
    SessionObserver observer = joined.remove(waiter);
    if (observer == null) {
      return;
    }
    observer.remove(waiter);
    if (!observer.isWanted() && watched.remove(observer.key(), observer)) {
      unwatched.put(observer.key(), observer);
    }
  }

  public void count(Census census) {
    census.add(Census.Kept.WATCHED_SESSIONS, watched.size());
    int waiting =
        Stream.of(watched, unwatched)
            .flatMap(watches -> watches.values().stream())
            .mapToInt(SessionObserver::subscribers)
            .sum();
    census.add(Census.Kept.SESSION_WAITERS, Math.max(waiting, joined.size()));
  }
}
