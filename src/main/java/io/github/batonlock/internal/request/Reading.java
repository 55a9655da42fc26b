package io.github.batonlock.internal.request;

import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;

/**
 * An answered read.
 *
 * @param answer the answer
 * @param isCurrent whether it shows the current state; otherwise it may be out of date
 * @param sent the time before it was sent
 */
public record Reading(ReadAnswer answer, boolean isCurrent, ClockReading sent) {
  public StoredItem item() {
    return answer.item();
  }
}
