/**
 * One acquisition, from the call to its result.
 *
 * <p>{@link io.github.batonlock.internal.acquire.Acquisition} is a state machine. Its parts are the
 * queues of a client's waiters, the granting writes and what became of them, the judge of the items
 * that answers show, and the release requests to holders. Beside it: the acquisition of several
 * locks in one transaction, and granting writes that may be applied late. All of it runs on the
 * loop. What it grants becomes a hold.
 */
@NullMarked
package io.github.batonlock.internal.acquire;

import org.jspecify.annotations.NullMarked;
