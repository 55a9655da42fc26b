/**
 * The client: the root that builds all parts, the entry points of the public API, the shutdown, and
 * what recipes may use.
 *
 * <p>One loop owns all mutable state; it has no thread of its own. No I/O and no user code runs on
 * it.
 */
@NullMarked
package io.github.batonlock.internal.client;

import org.jspecify.annotations.NullMarked;
