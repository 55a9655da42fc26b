package io.github.batonlock.internal.hold;

import io.github.batonlock.LockRequest;
import io.github.batonlock.internal.runtime.Lifetime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The limits on the renewal of one lock, as requested.
 *
 * @param worker the lock is renewed only while this worker lives; null for no such limit
 * @param maxHold how long the lock is held at most; null for no such limit
 * @param stallLimit how long the work may go on without a report of progress; null for no such
 *     limit
 */
public record HoldLimits(
    @Nullable Lifetime worker, @Nullable Duration maxHold, @Nullable Duration stallLimit) {

  /** The limits that a request names; null if it names none. */
  public static @Nullable HoldLimits of(LockRequest request) {
    HoldLimits limits =
        new HoldLimits(
            request.whileAlive().map(Lifetime::of).orElse(null),
            request.maxHold().orElse(null),
            request.stallLimit().orElse(null));
    boolean none = limits.worker == null && limits.maxHold == null && limits.stallLimit == null;
    return none ? null : limits;
  }
}
