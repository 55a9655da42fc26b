package io.github.batonlock.internal.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB's answer to several grants in one transaction.
 *
 * @param applied whether all conditions held and all writes took place; the answer has no new items
 * @param against if it was not applied, in the order of the writes: the item that made a condition
 *     fail, or unknown, as in a {@link WriteAnswer}; null where the condition held
 */
public record GrantsAnswer(boolean applied, List<@Nullable StoredItem> against) {}
