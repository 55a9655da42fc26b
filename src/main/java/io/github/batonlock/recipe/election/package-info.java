/**
 * Leader election: one leader among many candidates, with numbered terms.
 *
 * <p>What {@link io.github.batonlock.recipe} says of all recipes holds here as well.
 */
@NullMarked
package io.github.batonlock.recipe.election;

import org.jspecify.annotations.NullMarked;
