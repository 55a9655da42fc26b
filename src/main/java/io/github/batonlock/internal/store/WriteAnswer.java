package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.AskedRelease;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to a conditional write.
 *
 * @param applied whether the condition held and the write took place
 * @param item the item after an applied granting write, or the item that made the condition fail.
 *     It is unknown after other applied writes, which do not ask for it, since a lock's data may be
 *     large. It is also unknown if the answer to a failed condition has no item: only a read can
 *     show that there is none
 * @param retried whether the SDK sent it more than once: a rejected write may have been applied by
 *     an earlier attempt, and overwritten since
 * @param serverDate the {@code Date} of the answer, to the second, if it had one
 * @param asked the release requests in the item after an applied heartbeat that returns them
 * @param waiting how many requests are in a session item, unreadable ones included
 */
public record WriteAnswer(
    boolean applied,
    StoredItem item,
    boolean retried,
    @Nullable Instant serverDate,
    List<AskedRelease> asked,
    int waiting) {

  /**
   * An answer without a release request.
   *
   * @param applied whether it took place
   * @param item the item
   * @param retried whether the SDK sent it more than once
   * @param serverDate the {@code Date} of the answer
   */
  public WriteAnswer(
      boolean applied, StoredItem item, boolean retried, @Nullable Instant serverDate) {
    this(applied, item, retried, serverDate, List.of(), 0);
  }

  /**
   * An answer to a write that was sent once.
   *
   * @param applied whether it took place
   * @param item the item
   * @param serverDate the {@code Date} of the answer
   */
  public WriteAnswer(boolean applied, StoredItem item, @Nullable Instant serverDate) {
    this(applied, item, false, serverDate);
  }
}
