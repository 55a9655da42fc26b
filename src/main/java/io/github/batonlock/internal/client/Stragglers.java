package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Tenure;
import io.github.batonlock.internal.request.RequestTimes;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Granting writes without an answer, or sent more than once, which may be applied long after: to a
 * lock that is free by then, and that nobody would hold for as long as this client's session goes
 * on.
 *
 * <p>A lock of which such a write was sent is looked at a lease later, and again after pauses that
 * double, until none can arrive any more; what has come is freed. So it stands for no longer than
 * it was late itself, and a lease. Locks with their own lease need none of this. Where there are
 * too many to look at, the session takes no more locks: it ends, and frees what comes late, when
 * those that it keeps have been given back.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Stragglers {
  private final Core core;
  private final Map<LockKey, Doubt> byKey = new HashMap<>();

  Stragglers(Core core) {
    this.core = core;
  }

  /** A write for a session's lock may still come. */
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

  void count(Census census) {
    census.add(Census.Kept.DOUBTFUL_LOCKS, byKey.size());
  }

  /** What may come to one lock. */
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
      this.deletes = spec.deleteOnRelease();
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
      // Where the table cannot be read for as long again, nothing more is tried.
      if (sessions.isEmpty() || sinceLastSent() >= 2 * Tenure.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(key);
        return;
      }
      core.requests.read(
          key,
          true,
          RequestTimes.patient(terms),
          answer -> looked(answer.item().state()),
          failure -> lookIn(pause));
    }

    private void looked(ItemState state) {
      if (state instanceof ItemState.Lock lock && !lock.item().released()) {
        freeIfHeldByNobody(lock.item());
      }
      if (sinceLastSent() >= Tenure.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(key);
      } else {
        lookIn(2 * pause);
      }
    }

    private long sinceLastSent() {
      return core.loop.now().nanos() - lastSent;
    }

    private void freeIfHeldByNobody(LockItem item) {
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
