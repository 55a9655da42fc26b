/**
 * Observation of items that other clients hold: reads, what they show, when to look next, and
 * whether a silent holder may be taken over.
 *
 * <p>{@link io.github.batonlock.internal.observe.TakeoverRule} decides a takeover. Nothing here
 * acquires a lock.
 */
@NullMarked
package io.github.batonlock.internal.observe;

import org.jspecify.annotations.NullMarked;
