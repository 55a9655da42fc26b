/**
 * The operator's commands for locks: list, show, watch, ask, break, freeze, thaw, serve, doctor.
 */
@NullMarked
package io.github.batonlock.cli.locks;

import org.jspecify.annotations.NullMarked;
