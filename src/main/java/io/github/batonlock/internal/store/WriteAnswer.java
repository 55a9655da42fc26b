package io.github.batonlock.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to a conditional write.
 *
 * @param applied whether the condition held and the write took place
 * @param item the item after an applied granting write, or the item that made the condition fail;
 *     other writes do not ask for it, since a lock's data may be large: absent
 * @param serverDate the {@code Date} of the answer, to the second, if it had one
 */
public record WriteAnswer(boolean applied, StoredItem item, @Nullable Instant serverDate) {}
