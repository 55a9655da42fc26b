package io.github.batonlock.internal.hold;

import io.github.batonlock.internal.runtime.ClockReading;
import org.jspecify.annotations.Nullable;

/**
 * The write that granted a lock.
 *
 * @param version the version that it wrote
 * @param sentAt taken before it was sent
 * @param session the open session that keeps the lock; null if the lock has its own lease
 */
public record Grant(String version, ClockReading sentAt, @Nullable SharedLeaseSource session) {}
