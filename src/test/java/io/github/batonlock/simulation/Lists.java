package io.github.batonlock.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An index: for each key, the values that were added under it, in the order of adding.
 *
 * @param <K> what the values are looked up by
 * @param <V> the values
 */
final class Lists<K, V> {
  private final Map<K, Values<V>> lists = new LinkedHashMap<>();

  private static final class Values<V> {
    final List<V> list = new ArrayList<>();
    final List<V> view = Collections.unmodifiableList(list);
  }

  void add(K key, V value) {
    lists.computeIfAbsent(key, unused -> new Values<>()).list.add(value);
  }

  /** The keys under which something was added, in the order of the first values. */
  Set<K> keys() {
    return Collections.unmodifiableSet(lists.keySet());
  }

  /** A live view; empty and without life if nothing was added under the key yet. */
  List<V> of(K key) {
    Values<V> values = lists.get(key);
    return values == null ? List.of() : values.view;
  }
}
