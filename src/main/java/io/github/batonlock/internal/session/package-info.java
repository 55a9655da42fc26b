/**
 * Shared leases: sessions, whose item is acquired and kept like a lock. A session keeps many locks
 * with one heartbeat. It runs on the loop.
 */
@NullMarked
package io.github.batonlock.internal.session;

import org.jspecify.annotations.NullMarked;
