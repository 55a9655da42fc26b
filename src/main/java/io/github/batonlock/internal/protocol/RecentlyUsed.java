package io.github.batonlock.internal.protocol;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map that forgets what was not used for longest, beyond a number of entries. For one thread.
 *
 * @param <K> the keys
 * @param <V> the values
 */
public final class RecentlyUsed<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final transient Limit limit;

  /**
   * Empty.
   *
   * @param limit how many entries are kept
   */
  public RecentlyUsed(Limit limit) {
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
