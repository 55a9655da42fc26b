package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sessions of others that this client has met, and who waits for their end; kept across calls,
 * bounded. Belongs to the loop.
 */
final class SessionWatches {
  private final Core core;
  private final Map<SessionWatch.Waiter, SessionWatch> joined = new HashMap<>();
  private final Map<LockKey, SessionWatch> byKey =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LockKey, SessionWatch> eldest) {
          boolean isFull = size() > core.bounds().of(Bound.OBSERVED_SESSIONS);
          if (isFull) {
            core.bounds().reached(Bound.OBSERVED_SESSIONS);
          }
          return isFull && !eldest.getValue().isWatching();
        }
      };

  SessionWatches(Core core) {
    this.core = core;
  }

  /** Whether a session is known to have ended, which is for ever. */
  boolean isOver(LockKey session) {
    SessionWatch watch = byKey.get(session);
    return watch != null && watch.isOver();
  }

  /**
   * Waits for the end of a session, instead of any other.
   *
   * @param session what a lock item names
   * @param lease the lease that item tells, for a session whose own item is missing
   * @param waiter who waits
   */
  void join(LockKey session, Duration lease, SessionWatch.Waiter waiter) {
    SessionWatch watch = byKey.computeIfAbsent(session, key -> new SessionWatch(core, key));
    if (joined.get(waiter) != watch) {
      leave(waiter);
      joined.put(waiter, watch);
      watch.join(waiter, lease);
    }
  }

  void leave(SessionWatch.Waiter waiter) {
    SessionWatch watch = joined.remove(waiter);
    if (watch != null) {
      watch.leave(waiter);
    }
  }

  /** The clock that timed all observations was wrong. */
  void clocksWereWrong() {
    byKey.values().forEach(SessionWatch::clockWasWrong);
  }
}
