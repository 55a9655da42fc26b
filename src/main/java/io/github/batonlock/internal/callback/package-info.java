/**
 * The way to user code: listeners and callbacks, in order, exactly once, never on the loop.
 *
 * <p>Handing a callback over never throws and never blocks.
 */
@NullMarked
package io.github.batonlock.internal.callback;

import org.jspecify.annotations.NullMarked;
