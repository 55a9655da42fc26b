package io.github.batonlock.internal.protocol;

import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many clients take a lock in turn, and how long a turn is, learnt from its fencing tokens:
 * each grant raises them by one. A client that has just had the lock leaves it to the others until
 * its turn comes again, so that few clients read at a time. Used by one thread.
 *
 * <p>It decides when to look, never which lock may be taken.
 */
public final class RivalEstimator {
  /** A new value counts a quarter. */
  private static final int WEIGHT = 4;

  /**
   * The part of its usual distance from turn to turn that a client leaves to others. Less than one:
   * a client that waited for too long waits for less the next time. Simulated hand-offs of 2 to 64
   * waiters: with 0.67 they cost a tenth more requests, with 0.9 the lock of three is free for five
   * times as long.
   */
  private static final double OTHERS_PART = 0.8;

  /** The rivals that add one distance to that between two looks of a client that waits alone. */
  private static final double RIVALS_PER_DISTANCE = 5;

  /** A client whose turn has passed looks more often than others whose turn has come. */
  private static final double LATE_PART = 0.7;

  /** Beyond that number of rivals, a client that never had the lock does not look more rarely. */
  private static final int MOST_SEEN = 9;

  /**
   * A client that waits for its first turn sees only some of the others. If it waits for long, that
   * need not be for their number.
   */
  private static final long RIVALS_PER_OWNER = 2;

  private static final long UNKNOWN = -1;

  /** Hashes of the holders that were seen while the number of rivals was not known. */
  private Set<Integer> owners = new HashSet<>();

  /** The token of the last grant to this client; or unknown. */
  private long own = UNKNOWN;

  /** The first token that this wait has seen; or unknown. */
  private long first = UNKNOWN;

  /** The last token that was seen, and when its hold began. */
  private long last = UNKNOWN;

  private long lastBegan;

  /** The grants from one of this client to its next, that one included; 0 if not known. */
  private double grantsPerTurn;

  /** The time from one grant to the next, in nanoseconds; 0 if not known. */
  private double nanosPerGrant;

  /**
   * Another client has the lock.
   *
   * @param owner a hash of its name
   * @param token of its hold; empty if it is of a library without tokens
   * @param began when the hold began, on the monotonic clock
   */
  public void saw(int owner, OptionalLong token, long began) {
    if (!isKnown() && owners.size() < MOST_SEEN) {
      owners.add(owner);
    }
    if (token.isPresent()) {
      saw(token.getAsLong(), began);
    }
  }

  private void saw(long token, long began) {
    if (first == UNKNOWN) {
      first = token;
    }
    if (last != UNKNOWN && token > last && began > lastBegan) {
      double each = (double) (began - lastBegan) / (token - last);
      nanosPerGrant += nanosPerGrant == 0 ? each : (each - nanosPerGrant) / WEIGHT;
    }
    if (token != last) {
      last = token;
      lastBegan = began;
    }
  }

  /**
   * This client has the lock.
   *
   * @param token of its hold
   * @param began when the hold began, on the monotonic clock
   * @param passedOn whether it was handed on within this client, in the same turn
   */
  public void acquired(long token, long began, boolean passedOn) {
    long before = own != UNKNOWN ? own : first - 1;
    boolean hasWaited = own != UNKNOWN || first != UNKNOWN;
    if (!passedOn && hasWaited && before < token) {
      long grants = token - before;
      grantsPerTurn +=
          grantsPerTurn == 0
              ? Math.min(grants, RIVALS_PER_OWNER * owners.size())
              : (grants - grantsPerTurn) / WEIGHT;
    }
    saw(token, began);
    own = token;
    first = UNKNOWN;
    owners = new HashSet<>(0);
  }

  /** Whether this client had its turn, and knows how many others have theirs. */
  private boolean isKnown() {
    return grantsPerTurn > 0;
  }

  /**
   * The time until the turn of this client comes.
   *
   * @param now the monotonic clock
   * @return nanoseconds; not positive if its turn has come, or is not known
   */
  public long untilTurn(long now) {
    double ahead = isKnown() ? grantsPerTurn * OTHERS_PART - (last - own) : 0;
    return ahead <= 0 ? 0 : (long) (ahead * nanosPerGrant) - (now - lastBegan);
  }

  /**
   * How much longer this client may leave the lock unobserved than one that waits alone. The more
   * rivals, the longer. A client that was never granted the lock knows those that it has seen.
   */
  public double share() {
    if (!isKnown()) {
      return Math.max(1, owners.size());
    }
    double share = 1 + Math.max(0, grantsPerTurn - 2) / RIVALS_PER_DISTANCE;
    double passed = last - own;
    return passed > grantsPerTurn ? share * LATE_PART * grantsPerTurn / passed : share;
  }
}
