/**
 * Virtual time, machines on it, a lock table in memory, and the way to it with every fault of a
 * network: what whole clients run on where a test moves the clock.
 *
 * <p>The project's own tests use it, and the test kit ({@code io.github.batonlock.testing}) makes
 * it public. No other package of the library names it.
 */
@NullMarked
package io.github.batonlock.internal.virtual;

import org.jspecify.annotations.NullMarked;
