package io.github.batonlock.internal.protocol;

import java.time.Duration;

/**
 * A request to release a lock, as it stands in the lock item while that is held.
 *
 * @param id unique
 * @param askedBy the owner name of who asks
 * @param reason for people
 * @param deadline how long the holder may take
 * @param token the fencing token of the hold that is meant
 */
public record AskedRelease(
    String id, String askedBy, String reason, Duration deadline, long token) {}
