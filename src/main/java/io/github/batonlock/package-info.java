/**
 * Distributed locks on an Amazon DynamoDB table.
 *
 * <p><b>What a lock does not guarantee.</b> A held lock is a lease. Baton cannot stop a process
 * that is paused, cut off or slow: the lease can run out between two instructions of the work that
 * the lock guards. Baton makes sure that such a holder learns of the loss before another client can
 * get the lock, provided that every host's clock runs within 11 % of true rate. It also makes sure
 * that the holder does not pass {@link io.github.batonlock.HeldLock#ensureHeld()} afterwards. Baton
 * cannot recall a request that is already on its way to another system. If a late request would do
 * harm, send the {@link io.github.batonlock.HeldLock#fencingToken() fencing token} with each
 * request and let that system refuse lower tokens.
 *
 * <p>Start at {@link io.github.batonlock.LockClient}. It writes lock items with conditional writes,
 * renews them in the background and returns {@link io.github.batonlock.HeldLock}s. {@link
 * io.github.batonlock.LockTable} creates or checks the table. A lost race is a value or a {@link
 * io.github.batonlock.LockNotAcquiredException}; a failure of the table is a {@link
 * io.github.batonlock.LockStoreException}; a lost lock is a {@link io.github.batonlock.Revocation}.
 * Misuse is reported by the JDK's own exceptions.
 *
 * <p>A method that returns a future throws only for its arguments ({@link
 * java.lang.NullPointerException}, {@link java.lang.IllegalArgumentException}). Every other failure
 * completes the future exceptionally, a closed client included. Callers that fail for one cause
 * each receive an exception of their own.
 *
 * <p>All types of this package are safe for use by many threads, except builders.
 */
@NullMarked
package io.github.batonlock;

import org.jspecify.annotations.NullMarked;
