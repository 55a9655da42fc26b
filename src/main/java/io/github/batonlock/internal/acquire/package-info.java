/**
 * One acquisition, from the call to its result.
 *
 * <p>The queues of a client's waiters, the tries and reads of the first waiter, the release
 * requests to holders, the acquisition of several locks in one transaction, and granting writes
 * that may be applied late. All of it runs on the loop. What it grants becomes a hold.
 */
@NullMarked
package io.github.batonlock.internal.acquire;

import org.jspecify.annotations.NullMarked;
