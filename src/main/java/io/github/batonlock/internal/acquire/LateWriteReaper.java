package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.observe.TakeoverPolicy;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.session.Session;
import io.github.batonlock.internal.session.Sessions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Granting writes that have no answer, or were sent more than once. Such a write may be applied
 * long after it was sent, when the lock is free. Then no client would hold the lock, but it would
 * stay taken for as long as this client's session goes on.
 *
 * <p>A lock for which such a write was sent is read a lease later, and again after pauses that
 * double, until no such write can arrive any more. A version that has arrived is freed. So it stays
 * in the item no longer than it was late itself, plus a lease. Locks with their own lease need none
 * of this. If there are too many locks to read, the session takes no more locks. It ends when the
 * locks that it keeps have been released, and its end frees what comes late.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class LateWriteReaper {
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final Bounds bounds;
  private final Sessions sessions;
  private final TakeoverPolicy takeover;
  private final GrantVersions versions;
  private final Map<LockKey, Doubt> byKey = new HashMap<>();

  public LateWriteReaper(
      EventLoop loop,
      RequestDispatcher requests,
      Bounds bounds,
      Sessions sessions,
      TakeoverPolicy takeover,
      GrantVersions versions) {
    this.loop = loop;
    this.requests = requests;
    this.bounds = bounds;
    this.sessions = sessions;
    this.takeover = takeover;
    this.versions = versions;
  }

  /** A write for a lock of this session may still arrive. */
  void expect(AcquireSpec spec, Session session) {
    assert loop.isCurrent();
    Doubt doubt = byKey.get(spec.key());
    if (doubt == null) {
      if (byKey.size() >= bounds.of(Bound.LATE_WRITE_LOCKS)) {
        bounds.reached(Bound.LATE_WRITE_LOCKS);
        sessions.retire(session);
        return;
      }
      doubt = new Doubt(spec);
      byKey.put(spec.key(), doubt);
    }
    doubt.add(session);
  }

  public void count(Census census) {
    census.add(Census.Kept.DOUBTFUL_LOCKS, byKey.size());
  }

  /** The writes that may still arrive for one lock. */
  private final class Doubt {
    private final LockKey key;
    private final LeaseTerms terms;
    private final boolean deletes;
    private final Set<Session> lateFor = new HashSet<>();
    private long lastSent;
    private long pause;
    private Timer timer = () -> {};

    Doubt(AcquireSpec spec) {
      this.key = spec.key();
      this.terms = spec.terms();
      this.deletes = spec.hold().deleteOnRelease();
    }

    void add(Session session) {
      lateFor.add(session);
      lastSent = loop.now().nanos();
      lookIn(terms.lease().toNanos());
    }

    private void lookIn(long nanos) {
      pause = nanos;
      timer.cancel();
      timer = loop.schedule(nanos, this::look);
    }

    private void look() {
      lateFor.removeIf(session -> session.isOver(loop.now()));
      // Gives up if the table cannot be read for another such period.
      if (lateFor.isEmpty() || sinceLastSent() >= 2 * HoldVersions.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(key);
        return;
      }
      requests.read(
          key,
          true,
          RequestTimeouts.patient(terms),
          answer -> looked(answer.item().state()),
          failure -> lookIn(pause));
    }

    private void looked(ItemState state) {
      if (state instanceof ItemState.Lock lock && !lock.item().released()) {
        freeIfUnclaimed(lock.item());
      }
      if (sinceLastSent() >= HoldVersions.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(key);
      } else {
        lookIn(2 * pause);
      }
    }

    private long sinceLastSent() {
      return loop.now().nanos() - lastSent;
    }

    private void freeIfUnclaimed(LockItem item) {
      LockKey named = item.session();
      Session session = named == null ? null : sessions.open(named);
      if (session != null && takeover.isOwnGhost(key, item)) {
        versions.free(
            new Releases.Job(key, terms, List.of(item.version()), deletes, loop.now(), session));
      }
    }
  }
}
