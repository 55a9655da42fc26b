package io.github.batonlock.internal.store;

import java.time.Duration;

/**
 * How long one request may take.
 *
 * @param attempt for one attempt of the SDK, positive, at most {@code total}
 * @param total for the whole call with the SDK's own retries, positive
 */
public record Timeouts(Duration attempt, Duration total) {}
