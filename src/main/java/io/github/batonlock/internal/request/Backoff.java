package io.github.batonlock.internal.request;

import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.Limit;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.util.random.RandomGenerator;

/**
 * The pauses between tries: full jitter, 50 ms to 1 s, doubling; shorter if the heartbeat interval
 * is shorter.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Backoff {
  private static final long SHORTEST = 50_000_000;
  private static final long LONGEST = 1_000_000_000;
  private static final int TRIES_LEFT = 8;
  private static final long LEAST = 10_000_000;

  private final RandomGenerator random;
  private final long shortest;
  private final long longest;
  private final Limit doublings;
  private int tries;

  public Backoff(RandomGenerator random, LeaseTerms terms, Limit doublings) {
    this.random = random;
    this.doublings = doublings;
    long heartbeat = terms.heartbeat().toNanos();
    this.shortest = Math.min(SHORTEST, heartbeat / 10);
    this.longest = Math.min(LONGEST, heartbeat / 2);
  }

  /** The next pause, in nanoseconds. */
  public long next() {
    if (tries < doublings.most()) {
      tries++;
    } else {
      doublings.passed().run();
    }
    long ceiling = Math.min(longest, shortest << tries);
    return shortest + (long) (random.nextDouble() * (ceiling - shortest));
  }

  /**
   * The next pause, in nanoseconds, if tries are of use only for a limited time. The pause is
   * shorter near the end of that time. If a table throttles half of all requests, a client with
   * thousands of locks would otherwise lose one of them by chance.
   */
  public long next(long remainingNanos) {
    return Math.min(next(), Math.max(remainingNanos / TRIES_LEFT, LEAST));
  }

  /** Starts again with short pauses, after a success. */
  public void reset() {
    tries = 0;
  }
}
