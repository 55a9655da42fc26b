/**
 * Group membership: which members take part, and which have left or failed.
 *
 * <p>What {@link io.github.batonlock.recipe} says of all recipes holds here as well.
 */
@NullMarked
package io.github.batonlock.recipe.group;

import org.jspecify.annotations.NullMarked;
