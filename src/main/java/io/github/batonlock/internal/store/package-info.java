/**
 * The store port: reads and conditional writes of lock items, as values.
 *
 * <p>{@link io.github.batonlock.internal.store.LockStore} answers a write with <em>applied</em> or
 * <em>rejected, and this is the item that won</em>. It fails with a {@link
 * io.github.batonlock.LockStoreException} that says whether the write may have been applied.
 */
@NullMarked
package io.github.batonlock.internal.store;

import org.jspecify.annotations.NullMarked;
