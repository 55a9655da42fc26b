package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is watched, one {@link KeyWatch} for each key, as long as somebody listens. */
@ConfinedTo(ConfinedTo.LOOP)
final class Watches {
  private final Core core;
  private final Map<LockKey, KeyWatch> byKey = new HashMap<>();

  Watches(Core core) {
    this.core = core;
  }

  void join(LockKey key, KeyWatch.Follower follower) {
    assert core.isOnLoop();
    if (!core.registry.isClosing()) {
      byKey.computeIfAbsent(key, unused -> new KeyWatch(core, key)).join(follower);
    }
  }

  void leave(LockKey key, KeyWatch.Follower follower) {
    assert core.isOnLoop();
    KeyWatch watch = byKey.get(key);
    if (watch != null && watch.leave(follower)) {
      byKey.remove(key);
      watch.stop();
    }
  }

  /** The clock that timed all observations was wrong. */
  void clocksWereWrong() {
    assert core.isOnLoop();
    List.copyOf(byKey.values()).forEach(KeyWatch::clockWasWrong);
  }

  void count(Census census) {
    census.add(Census.Kept.WATCHED_KEYS, byKey.size());
  }

  /** The client closes. */
  void close() {
    assert core.isOnLoop();
    List<KeyWatch> all = List.copyOf(byKey.values());
    byKey.clear();
    all.forEach(KeyWatch::stop);
  }
}
