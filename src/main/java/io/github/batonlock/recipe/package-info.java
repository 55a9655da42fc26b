/**
 * Recipes for common uses of locks, built on the public API of {@link
 * io.github.batonlock.LockClient}.
 *
 * <p><b>What a recipe does not guarantee.</b> Each recipe is built on leases and guarantees no more
 * than they do: a paused process cannot be stopped from outside, and learns of a loss when it runs
 * again. If a late write would do harm, use the fencing token, or a guard in the write itself.
 *
 * <p>A method that returns a future throws only for its arguments, as in {@link
 * io.github.batonlock}. If the caller completes such a future before the recipe does, in any way,
 * the recipe gives up what it was doing for that future.
 *
 * <p>A recipe belongs to the client that it was made with and ends with that client. The client is
 * one that {@link io.github.batonlock.LockClient#builder} made, or a wrapper that returns the
 * {@link io.github.batonlock.LockClient#recipeHost() recipeHost()} of such a client; a recipe
 * refuses any other with an {@code IllegalArgumentException}. All types are safe for use by many
 * threads, except builders, and unless they say otherwise.
 */
// How a recipe waits. Semaphore, read/write lock, multi lock and fair lock wait in one way. Each
// supplies only the step that tries once.
//
//   PendingAcquisition  one caller's wait: its future, its time limit, its locks in hand
//   LocksInHand         the locks that a try has acquired so far, and its requests under way
//   Waiters             callers of one client that wait for the same; tries for the first one
//   Step -> TryOutcome  what a recipe supplies: a try, and what it came to
//
//   a caller comes --> waits --is first--> try --got--> the first caller gets it
//                        ^                  | not yet
//                        '----- pause <-----'
//
//   time is up      the caller is answered at once; after the try if that may still get it
//   caller leaves   the requests of its try are cancelled
//   try without it  all locks in hand are released
//   client closes   every caller is told, and counts as a caller that has left
//
// Readers, and callers of a semaphore, share one Waiters for each recipe instance: one try at a
// time, however many callers wait. A writer, and a caller of a multi lock or fair lock, is alone in
// its own Waiters: the locks that it waits for have queues.
@NullMarked
package io.github.batonlock.recipe;

import org.jspecify.annotations.NullMarked;
