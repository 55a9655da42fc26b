package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.hold.Releases;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.internal.session.Session;
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
  private final AcquireContext core;
  private final Map<LockKey, Doubt> byKey = new HashMap<>();

  LateWriteReaper(AcquireContext core) {
    this.core = core;
  }

  /** A write for a lock of this session may still arrive. */
  void expect(AcquireSpec spec, Session session) {
    assert core.loop.isCurrent();
    Doubt doubt = byKey.get(spec.key());
    if (doubt == null) {
      if (byKey.size() >= core.config.bounds().of(Bound.LATE_WRITE_LOCKS)) {
        core.config.bounds().reached(Bound.LATE_WRITE_LOCKS);
        core.sessions.retire(session);
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
    private final Set<Session> sessions = new HashSet<>();
    private long lastSent;
    private long pause;
    private Timer timer = () -> {};

    Doubt(AcquireSpec spec) {
      this.key = spec.key();
      this.terms = spec.terms();
      this.deletes = spec.hold().deleteOnRelease();
    }

    void add(Session session) {
      sessions.add(session);
      lastSent = core.loop.now().nanos();
      lookIn(terms.lease().toNanos());
    }

    private void lookIn(long nanos) {
      pause = nanos;
      timer.cancel();
      timer = core.loop.schedule(nanos, this::look);
    }

    private void look() {
      sessions.removeIf(session -> session.isOver(core.loop.now()));
      // Gives up if the table cannot be read for another such period.
      if (sessions.isEmpty() || sinceLastSent() >= 2 * HoldVersions.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(key);
        return;
      }
      core.requests.read(
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
      return core.loop.now().nanos() - lastSent;
    }

    private void freeIfUnclaimed(LockItem item) {
      LockKey named = item.session();
      Session session = named == null ? null : core.sessions.open(named);
      if (session != null && core.takeover.isOwnGhost(key, item)) {
        List<String> versions = List.of(item.version());
        core.retired.add(versions);
        core.releases.cleanUp(
            new Releases.Job(key, terms, versions, deletes, core.loop.now(), session));
      }
    }
  }
}
