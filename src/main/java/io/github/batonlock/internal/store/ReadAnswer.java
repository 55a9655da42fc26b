package io.github.batonlock.internal.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to a read.
 *
 * @param item the item under the key
 * @param serverDate the {@code Date} of the answer, to the second, if it had one
 */
public record ReadAnswer(StoredItem item, @Nullable Instant serverDate) {}
