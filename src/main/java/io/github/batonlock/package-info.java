/**
 * Distributed locks on an Amazon DynamoDB table.
 *
 * <p><b>What a lock here does not give.</b> A held lock is a lease. A process that is paused, cut
 * off or slow cannot be stopped from outside: between two instructions of the work it guards, a
 * lease can run out. Baton makes sure that such a holder is told before anybody else can get the
 * lock, provided that every host's clock runs within 11 % of true rate, and that it never passes
 * {@link io.github.batonlock.HeldLock#ensureHeld()} afterwards; it cannot recall a request that is
 * already on its way to some other system. Where a late request would do harm, send the {@link
 * io.github.batonlock.HeldLock#fencingToken() fencing token} along and let that system refuse lower
 * ones.
 *
 * <p>Start at {@link io.github.batonlock.LockClient}. It writes lock items with conditional writes,
 * renews them in the background and hands out {@link io.github.batonlock.HeldLock}s; {@link
 * io.github.batonlock.LockTable} makes or checks the table. A lost race is a value or a {@link
 * io.github.batonlock.LockNotAcquiredException}; a broken store is a {@link
 * io.github.batonlock.LockStoreException}; a lost lock is a {@link io.github.batonlock.Revocation}.
 * Misuse is reported by the JDK's own exceptions.
 *
 * <p>A method that returns a future throws for its arguments only ({@link
 * java.lang.NullPointerException}, {@link java.lang.IllegalArgumentException}). Everything else
 * fails the future, a closed client included. Callers that fail for one cause have an exception
 * each.
 *
 * <p>All types of this package are safe for use by many threads, builders excepted.
 */
@NullMarked
package io.github.batonlock;

import org.jspecify.annotations.NullMarked;
