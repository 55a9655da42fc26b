/**
 * Observation of items that other clients hold: reads, what they show, when to look next, and
 * whether a silent holder may be taken over.
 *
 * <p>{@link io.github.batonlock.internal.observe.TakeoverPolicy} decides a takeover. This package
 * never acquires a lock.
 */
@NullMarked
package io.github.batonlock.internal.observe;

import org.jspecify.annotations.NullMarked;
