package io.github.batonlock.internal.operator;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.config.Bounds;
import io.github.batonlock.internal.protocol.FirstSightRule;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The silence of holders, as one operation of the operator's has observed it: by the rule of a
 * waiter (protocol sections 2 and 9).
 */
final class Silence {
  private static final FirstSightRule RULE = new FirstSightRule(OperatorTable.MAX_DATE_ERROR);

  private final OperatorTable table;
  private final Observations observations;
  private final Map<LockKey, Long> missingSince = new HashMap<>();

  Silence(OperatorTable table) {
    this.table = table;
    Bounds bounds = table.config().bounds();
    this.observations =
        new Observations(
            bounds.limit(Bound.OBSERVED_LOCKS),
            bounds.limit(Bound.OBSERVED_BYTES),
            bounds.limit(Bound.REPLACED_VERSIONS));
  }

  /** Whether the version that was just read is silent for a lease. */
  boolean isOver(LockKey key, LockItem item) {
    missingSince.remove(key);
    long now = table.now().nanos();
    return observations.see(key, item, now).mayTakeOver(now)
        || RULE.mayTakeOver(
            item.version(), item.leaseDuration(), item.sentBefore(), table.tableTime());
  }

  /** Whether an item is missing for a lease. It was just looked for. */
  boolean isMissing(LockKey key, Duration lease) {
    long now = table.now().nanos();
    return now - missingSince.computeIfAbsent(key, first -> now) >= lease.toNanos();
  }
}
