/**
 * Recipes: what locks are mostly taken for, built on the public API of {@link
 * io.github.batonlock.LockClient}.
 *
 * <p><b>What a recipe does not give.</b> Each rests on leases and promises no more than they do: a
 * paused process cannot be stopped from outside, and learns of a loss when it runs again. Where a
 * late write would do harm, use the fencing token, or a guard in the write itself.
 *
 * <p>A method that returns a future throws for its arguments only, as in {@link
 * io.github.batonlock}. Completing such a future before the recipe does, in whatever way, ends the
 * attempt behind it.
 *
 * <p>A recipe belongs to the client it was made with, ends with it, and needs one made by {@link
 * io.github.batonlock.LockClient#builder}. All types are safe for use by many threads, builders
 * excepted, and unless they say otherwise.
 */
@NullMarked
package io.github.batonlock.recipe;

import org.jspecify.annotations.NullMarked;
