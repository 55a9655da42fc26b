/**
 * The client: one loop thread that owns all mutable state, and what it drives.
 *
 * <p>No I/O and no user code runs on the loop. Other threads read one immutable volatile snapshot
 * per held lock, plus the clock.
 */
@NullMarked
package io.github.batonlock.internal.client;

import org.jspecify.annotations.NullMarked;
