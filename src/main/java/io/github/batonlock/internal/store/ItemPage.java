package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.protocol.AskedRelease;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of the table's items.
 *
 * @param rows the items, those that are not locks included
 * @param next where the next page starts; null after the last page
 */
public record ItemPage(List<Row> rows, LockStore.@Nullable PageToken next) {

  /**
   * An item with its key.
   *
   * @param key the key
   * @param item the item under that key
   * @param asked the release requests that stand in the item, for display
   */
  public record Row(LockKey key, StoredItem item, List<AskedRelease> asked) {}
}
