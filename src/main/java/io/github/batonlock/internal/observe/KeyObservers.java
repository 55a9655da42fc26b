package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.runtime.Census;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The watches of one client: one {@link KeyObserver} for each key, as long as it has a listener.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class KeyObservers {
  private final ClientConfig config;
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final ItemClassifier classifier;
  private final LockInfoFactory infos;
  private final Map<LockKey, KeyObserver> byKey = new HashMap<>();
  private boolean closed;

  public KeyObservers(
      ClientConfig config,
      EventLoop loop,
      RequestDispatcher requests,
      ItemClassifier classifier,
      LockInfoFactory infos) {
    this.config = config;
    this.loop = loop;
    this.requests = requests;
    this.classifier = classifier;
    this.infos = infos;
  }

  public void join(LockKey key, KeyObserver.Follower follower) {
    assert loop.isCurrent();
    if (!closed) {
      byKey
          .computeIfAbsent(
              key, unused -> new KeyObserver(config, loop, requests, classifier, infos, this, key))
          .join(follower);
    }
  }

  public void leave(LockKey key, KeyObserver.Follower follower) {
    assert loop.isCurrent();
    KeyObserver observer = byKey.get(key);
    if (observer != null) {
      observer.remove(follower);
      if (!observer.isWanted()) {
        byKey.remove(key);
        observer.stop();
      }
    }
  }

  /** The clock that timed all observations was wrong. */
  public void clocksWereWrong() {
    assert loop.isCurrent();
    List.copyOf(byKey.values()).forEach(KeyObserver::clockWasWrong);
  }

  public void count(Census census) {
    census.add(Census.Kept.WATCHED_KEYS, byKey.size());
  }

  /** The client closes. */
  public void close() {
    assert loop.isCurrent();
    closed = true;
    List<KeyObserver> all = List.copyOf(byKey.values());
    byKey.clear();
    all.forEach(KeyObserver::stop);
  }
}
