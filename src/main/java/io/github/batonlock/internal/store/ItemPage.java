package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some items of the table.
 *
 * @param rows the items, those that are not locks included
 * @param next where to go on; null after the last page
 */
public record ItemPage(List<Row> rows, LockStore.@Nullable PageToken next) {

  /**
   * An item with its key.
   *
   * @param key the key
   * @param item what stands there
   */
  public record Row(LockKey key, StoredItem item) {}
}
