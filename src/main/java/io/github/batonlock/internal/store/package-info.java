/**
 * The only code that knows DynamoDB.
 *
 * <p>{@link io.github.batonlock.internal.store.LockStore} is the port: reads, and conditional
 * writes that answer <em>applied</em> or <em>rejected, and this is the item that won</em>, or fail
 * with a {@link io.github.batonlock.LockStoreException} that says whether the write may have been
 * applied all the same.
 */
@NullMarked
package io.github.batonlock.internal.store;

import org.jspecify.annotations.NullMarked;
