package io.github.batonlock.internal.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Things that hang on a key only, made once for each of the first so many keys, and anew each time
 * for others. Safe for use by many threads.
 *
 * @param <K> the keys
 * @param <V> the things
 */
final class MadeOnce<K, V> {
  private final int max;
  private final Map<K, V> made = new ConcurrentHashMap<>();

  MadeOnce(int max) {
    this.max = max;
  }

  V of(K key, Function<K, V> maker) {
    V known = made.get(key);
    if (known != null) {
      return known;
    }
    V fresh = maker.apply(key);
    if (made.size() < max) {
      made.put(key, fresh);
    }
    return fresh;
  }
}
