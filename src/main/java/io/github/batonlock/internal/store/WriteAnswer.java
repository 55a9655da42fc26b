package io.github.batonlock.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to a conditional write.
 *
 * @param applied whether the condition held and the write took place
 * @param item the item after an applied write (absent after a delete), or the item that made the
 *     condition fail
 * @param serverDate the {@code Date} of the answer, to the second, if it had one
 */
public record WriteAnswer(boolean applied, StoredItem item, @Nullable Instant serverDate) {}
