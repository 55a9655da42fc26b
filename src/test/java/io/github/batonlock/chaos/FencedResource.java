package io.github.batonlock.chaos;

import io.github.batonlock.chaos.Event.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * What the locks guard: keeps the highest token it has seen for each key, and refuses lower ones.
 * Safe for use by many threads.
 */
final class FencedResource {
  private final History history;
  private final Map<String, Long> highest = new HashMap<>();
  private final Map<String, Long> lastAccepted = new HashMap<>();
  private final Map<String, Long> lastOfWorker = new HashMap<>();

  FencedResource(History history) {
    this.history = history;
  }

  /** A write arrives; true if it is accepted. All are written down in the order of arrival. */
  synchronized boolean write(String who, String key, long token) {
    boolean accepted = token >= highest.getOrDefault(key, Long.MIN_VALUE);
    long now = System.nanoTime();
    if (accepted) {
      highest.put(key, token);
      lastAccepted.put(key, now);
    }
    Event event = new Event(now, now, who, accepted ? Kind.ACCEPTED : Kind.REFUSED, key, token, "");
    lastOfWorker.put(event.worker(), now);
    history.write(event);
    return accepted;
  }

  /** Whether a write of this key was accepted after this time. */
  synchronized boolean hasAcceptedSince(String key, long time) {
    Long last = lastAccepted.get(key);
    return last != null && last - time > 0;
  }

  /** Whether a worker has written after this time: then it is likely to hold a lock. */
  synchronized boolean hasWrittenSince(String worker, long time) {
    Long last = lastOfWorker.get(worker);
    return last != null && last - time > 0;
  }
}
