package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.AskedRelease;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to a read.
 *
 * @param item the item under the key
 * @param serverDate the {@code Date} of the answer, to the second, if it had one
 * @param asked the release requests that stand in the item, for display
 */
public record ReadAnswer(StoredItem item, @Nullable Instant serverDate, List<AskedRelease> asked) {

  /**
   * An answer without release requests.
   *
   * @param item the item under the key
   * @param serverDate the {@code Date} of the answer, if it had one
   */
  public ReadAnswer(StoredItem item, @Nullable Instant serverDate) {
    this(item, serverDate, List.of());
  }
}
