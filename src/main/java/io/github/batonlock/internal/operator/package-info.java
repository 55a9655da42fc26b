/**
 * What operators do to a lock table by hand: they look at locks, break, freeze and thaw them, and
 * examine the table.
 *
 * <p>Each operation blocks its caller, and sends one request at a time. Each write is one of the
 * protocol's, conditioned on the version that was read (protocol section 10).
 */
@NullMarked
package io.github.batonlock.internal.operator;

import org.jspecify.annotations.NullMarked;
