package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.RecentlyUsed;
import io.github.batonlock.internal.protocol.Tenure;
import io.github.batonlock.internal.time.EventLoop.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Granting writes without an answer, or sent more than once, which may be applied long after: to a
 * lock that is free by then, and that nobody would hold for as long as this client's session goes
 * on. Belongs to the loop.
 *
 * <p>A lock of which such a write was sent is looked at a lease later, and again after pauses that
 * double, until none can arrive any more; what has come is freed. So it stands for no longer than
 * it was late itself, and a lease. Locks with their own lease need none of this.
 */
final class Stragglers {
  private final Core core;
  private final Map<LockKey, Doubt> byKey = new HashMap<>();

  Stragglers(Core core) {
    this.core = core;
  }

  /** This version of a session's lock may still come. */
  void expect(AcquireSpec spec, String version, Session session) {
    Doubt doubt = byKey.get(spec.key());
    if (doubt == null) {
      if (byKey.size() >= core.bounds().of(Bound.LATE_WRITE_LOCKS)) {
        core.bounds().reached(Bound.LATE_WRITE_LOCKS);
        return;
      }
      doubt = new Doubt(spec);
      byKey.put(spec.key(), doubt);
    }
    doubt.add(version, session);
  }

  /** What may come to one lock. */
  private final class Doubt {
    private final AcquireSpec spec;
    private final Map<String, Session> versions =
        new RecentlyUsed<>(core.limit(Bound.LATE_WRITE_VERSIONS));
    private long lastSent;
    private long pause;
    private Timer timer = () -> {};

    Doubt(AcquireSpec spec) {
      this.spec = spec;
    }

    void add(String version, Session session) {
      versions.put(version, session);
      lastSent = core.now().nanos();
      lookIn(spec.terms().lease().toNanos());
    }

    private void lookIn(long nanos) {
      pause = nanos;
      timer.cancel();
      timer = core.loop.schedule(nanos, this::look);
    }

    private void look() {
      versions.values().removeIf(session -> session.isOver(core.now()));
      // Where the table cannot be read for as long again, nothing more is tried.
      if (versions.isEmpty() || sinceLastSent() >= 2 * Tenure.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(spec.key());
        return;
      }
      core.requests.read(
          spec.key(),
          true,
          RequestTimes.patient(spec.terms()),
          answer -> looked(answer.item().state()),
          failure -> lookIn(pause));
    }

    private void looked(ItemState state) {
      if (state instanceof ItemState.Lock lock && !lock.item().released()) {
        freeIfOver(lock.item());
      }
      if (sinceLastSent() >= Tenure.LATEST_ARRIVAL.toNanos()) {
        byKey.remove(spec.key());
      } else {
        lookIn(2 * pause);
      }
    }

    private long sinceLastSent() {
      return core.now().nanos() - lastSent;
    }

    private void freeIfOver(LockItem item) {
      Session session = versions.get(item.version());
      if (session != null && core.retired.contains(item.version())) {
        core.releases.cleanUp(
            new Releases.Job(
                spec.key(),
                spec.terms(),
                List.of(item.version()),
                spec.deleteOnRelease(),
                core.now(),
                session));
      }
    }
  }
}
