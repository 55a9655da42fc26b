/**
 * The store on DynamoDB: calls of both SDK clients, the item codec, condition expressions, the
 * meaning of failures, and the set-up of a table.
 *
 * <p>No other package knows the format of an item or a condition.
 */
@NullMarked
package io.github.batonlock.internal.dynamodb;

import org.jspecify.annotations.NullMarked;
