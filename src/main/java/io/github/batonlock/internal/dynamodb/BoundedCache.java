package io.github.batonlock.internal.dynamodb;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A cache of values that depend on a key only. A value is made once for each of the first keys, up
 * to a total size, and anew each time for other keys. Safe for use by many threads.
 *
 * @param <K> the keys
 * @param <V> the values
 */
final class BoundedCache<K, V> {
  private final int most;
  private final ToIntFunction<V> size;
  private final Map<K, V> made = new ConcurrentHashMap<>();
  private final AtomicInteger kept = new AtomicInteger();

  BoundedCache(int most, ToIntFunction<V> size) {
    this.most = most;
    this.size = size;
  }

  V of(K key, Function<K, V> maker) {
    V known = made.get(key);
    if (known != null) {
      return known;
    }
    V fresh = maker.apply(key);
    int fits = most - kept.get();
    int added = size.applyAsInt(fresh);
    if (added <= fits && made.putIfAbsent(key, fresh) == null) {
      kept.addAndGet(added);
    }
    return fresh;
  }
}
