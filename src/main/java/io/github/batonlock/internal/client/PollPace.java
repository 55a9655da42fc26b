package io.github.batonlock.internal.client;

import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LockItem;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How often a waiter looks: soon after the lock was first seen, since many are held for moments,
 * and then ever less often, up to once a second; jittered, so that waiters do not look together.
 */
final class PollPace {
  private static final long FIRST = 25_000_000;
  private static final long LONGEST = 1_000_000_000;

  /** A lease this many polls long is still taken over in time. */
  private static final int POLLS_PER_LEASE = 10;

  private final RandomGenerator random;
  private final long longest;
  private long current = FIRST;
  private @Nullable LockItem holder;

  PollPace(RandomGenerator random, LeaseTerms terms) {
    this.random = random;
    this.longest = Math.min(LONGEST, terms.lease().toNanos() / POLLS_PER_LEASE);
  }

  /** Starts over when the lock has changed hands: it may be on its way to us. */
  void saw(LockItem item) {
    boolean changedHands =
        holder != null
            && !(item.ownerName().equals(holder.ownerName())
                && item.fencingToken().equals(holder.fencingToken()));
    if (changedHands) {
      current = FIRST;
    }
    holder = item;
  }

  /** The time to the next look, in nanoseconds: 75 to 100 % of a doubling interval. */
  long next() {
    long interval = Math.min(current, longest);
    current = Math.min(current * 2, LONGEST);
    return (long) (interval * (0.75 + 0.25 * random.nextDouble()));
  }
}
