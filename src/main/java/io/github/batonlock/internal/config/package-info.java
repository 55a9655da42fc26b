/**
 * The checked configuration of a client, and every bound of the library: value, unit, source, and
 * what happens beyond it.
 */
@NullMarked
package io.github.batonlock.internal.config;

import org.jspecify.annotations.NullMarked;
