package io.github.batonlock.internal.observe;

import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.protocol.FirstSightRule;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.protocol.SentBefore;
import io.github.batonlock.internal.protocol.TableClock;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takeover at first sight (protocol section 9): what an item says of the time when its version was
 * sent, against the table's clock. A client that does not use it has a table's clock without
 * bounds.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class FirstSight {
  private final FirstSightRule rule;
  private final TableClock tableClock;

  public FirstSight(ClientConfig config, TableClock tableClock) {
    this.rule =
        new FirstSightRule(Objects.requireNonNullElse(config.maxTableClockError(), Duration.ZERO));
    this.tableClock = tableClock;
  }

  boolean mayTakeOver(LockItem item, Observation seen, ClockReading now) {
    return isFirstSightOf(item, seen) && isOver(item, now);
  }

  /** The time until {@link #mayTakeOver} may become true, in nanoseconds. */
  long untilTakeover(LockItem item, Observation seen, ClockReading now) {
    return isFirstSightOf(item, seen) ? untilOver(item, now) : Long.MAX_VALUE;
  }

  /** Whether the lease that an item shows is over, by what the item says of its version. */
  boolean isOver(LockItem item, ClockReading now) {
    return item.sentBefore() != null
        && rule.mayTakeOver(
            item.version(), item.leaseDuration(), item.sentBefore(), tableClock.lowerBound(now));
  }

  /** The time until {@link #isOver} may become true, in nanoseconds. */
  long untilOver(LockItem item, ClockReading now) {
    OptionalLong freeAfter =
        rule.freeAfter(item.version(), item.leaseDuration(), item.sentBefore());
    OptionalLong lowerBound = tableClock.lowerBound(now);
    return freeAfter.isEmpty() || lowerBound.isEmpty()
        ? Long.MAX_VALUE
        : TimeUnit.MILLISECONDS.toNanos(freeAfter.getAsLong() + 1 - lowerBound.getAsLong());
  }

  /**
   * The holder that this client has seen replace its version, or put it back, is judged by what
   * this client has observed.
   */
  private static boolean isFirstSightOf(LockItem item, Observation seen) {
    return seen.replaced().isEmpty() && seen.version().equals(item.version());
  }

  /**
   * The mark that a client which gives up on a held lock leaves in its item.
   *
   * @param seen what was observed of the item; null if only its version counts
   * @return null if no mark is wanted, or the table's clock is not known
   */
  @Nullable SentBefore mark(LockItem item, @Nullable Observation seen, ClockReading now) {
    OptionalLong upperBound = tableClock.upperBound(now);
    boolean isWanted =
        upperBound.isPresent()
            && (seen == null || isFirstSightOf(item, seen))
            && FirstSightRule.wantsMark(item.version(), item.sentBefore());
    return isWanted ? SentBefore.stamp(item.version(), upperBound) : null;
  }
}
