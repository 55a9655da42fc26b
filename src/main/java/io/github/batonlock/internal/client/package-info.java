/**
 * The client: acquisitions, held locks, sessions, and the root that builds all parts.
 *
 * <p>One loop owns all mutable state; it has no thread of its own. No I/O and no user code runs on
 * it. Other threads read one immutable volatile snapshot per held lock, plus the clock.
 */
@NullMarked
package io.github.batonlock.internal.client;

import org.jspecify.annotations.NullMarked;
