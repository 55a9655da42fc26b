/**
 * The lock protocol's decisions, and nothing else.
 *
 * <p>No I/O, no clock, no thread: events and {@code now} come in as parameters, decisions come out
 * as values. The sections named in comments are those of {@code docs/protocol.md}.
 */
@NullMarked
package io.github.batonlock.internal.protocol;

import org.jspecify.annotations.NullMarked;
