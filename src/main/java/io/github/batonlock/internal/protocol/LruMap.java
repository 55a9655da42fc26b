package io.github.batonlock.internal.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map with a limited number of entries, which forgets the entry that was not used for longest.
 * For one thread.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class LruMap<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final transient Limit limit;

  /**
   * Creates an empty map.
   *
   * @param limit how many entries are kept
   */
  public LruMap(Limit limit) {
    super(16, 0.75f, true);
    this.limit = limit;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    boolean isFull = size() > limit.most();
    if (isFull) {
      limit.passed().run();
    }
    return isFull;
  }
}
