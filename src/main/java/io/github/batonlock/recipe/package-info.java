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
 * <p>A recipe belongs to the client that it was made with and ends with that client. The client
 * must be one that {@link io.github.batonlock.LockClient#builder} made. All types are safe for use
 * by many threads, except builders, and unless they say otherwise.
 */
@NullMarked
package io.github.batonlock.recipe;

import org.jspecify.annotations.NullMarked;
