/**
 * The interface to time and threads: clocks, "run now", "run later", the making of threads.
 *
 * <p>{@code System.nanoTime}, {@code System.currentTimeMillis}, {@code Thread} and the executors
 * appear here and nowhere else, so that tests can run whole clients on a clock that they control.
 */
@NullMarked
package io.github.batonlock.internal.runtime;

import org.jspecify.annotations.NullMarked;
