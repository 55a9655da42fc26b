/**
 * The store on DynamoDB: calls of both SDK clients, the item codec, condition expressions, the
 * meaning of failures, and the set-up of a table.
 *
 * <p>No other package knows how an item or a condition is written.
 */
@NullMarked
package io.github.batonlock.internal.dynamodb;

import org.jspecify.annotations.NullMarked;
