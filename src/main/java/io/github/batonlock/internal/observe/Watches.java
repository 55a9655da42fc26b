package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.Observations;
import io.github.batonlock.internal.request.Requests;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is watched, one {@link KeyWatch} for each key, as long as somebody listens. */
@ConfinedTo(ConfinedTo.LOOP)
public final class Watches {
  private final ClientConfig config;
  private final EventLoop loop;
  private final Requests requests;
  private final Observations observations;
  private final TakeoverRule takeover;
  private final LockInfos infos;
  private final Map<LockKey, KeyWatch> byKey = new HashMap<>();
  private boolean closed;

  public Watches(
      ClientConfig config,
      EventLoop loop,
      Requests requests,
      Observations observations,
      TakeoverRule takeover,
      LockInfos infos) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.observations = observations;
    this.takeover = takeover;
    this.infos = infos;
  }

  public void join(LockKey key, KeyWatch.Follower follower) {
    assert loop.isCurrent();
    if (!closed) {
      byKey
          .computeIfAbsent(
              key,
              unused ->
                  new KeyWatch(config, loop, requests, observations, takeover, infos, this, key))
          .join(follower);
    }
  }

  public void leave(LockKey key, KeyWatch.Follower follower) {
    assert loop.isCurrent();
    KeyWatch watch = byKey.get(key);
    if (watch != null && watch.leave(follower)) {
      byKey.remove(key);
      watch.stop();
    }
  }

  /** The clock that timed all observations was wrong. */
  public void clocksWereWrong() {
    assert loop.isCurrent();
    List.copyOf(byKey.values()).forEach(KeyWatch::clockWasWrong);
  }

  public void count(Census census) {
    census.add(Census.Kept.WATCHED_KEYS, byKey.size());
  }

  /** The client closes. */
  public void close() {
    assert loop.isCurrent();
    closed = true;
    List<KeyWatch> all = List.copyOf(byKey.values());
    byKey.clear();
    all.forEach(KeyWatch::stop);
  }
}
