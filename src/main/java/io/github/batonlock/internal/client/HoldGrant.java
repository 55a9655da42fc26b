package io.github.batonlock.internal.client;

import io.github.batonlock.internal.runtime.ClockReading;
import org.jspecify.annotations.Nullable;

/**
 * The write that granted a lock.
 *
 * @param version its version
 * @param sentAt taken before it was sent
 * @param session the session that keeps the lock, open; null for its own lease
 */
record HoldGrant(String version, ClockReading sentAt, @Nullable Session session) {}
