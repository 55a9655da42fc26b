package io.github.batonlock.internal.observe;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.LockWatch.State;
import io.github.batonlock.internal.runtime.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a watch knows after its last look.
 *
 * @param liveness whether a client holds the lock and shows signs of life
 * @param info what the item says; null if there is none
 * @param since when this was first seen, on the monotonic clock: the holder's version, or that
 *     there is no item
 * @param problem why it may be out of date; null if it is not
 */
public record ObservedState(
    Liveness liveness, @Nullable LockInfo info, long since, @Nullable LockException problem) {

  /** What is known before the first look. */
  public static ObservedState none(long now) {
    return new ObservedState(Liveness.UNKNOWN, null, now, null);
  }

  ObservedState withProblem(@Nullable LockException why) {
    return new ObservedState(liveness, info, since, why);
  }

  /** The state that users see. */
  public State state(LockKey key, ClockReading now) {
    Duration silent = Duration.ofNanos(Math.max(0, now.nanos() - since));
    Optional<LockInfo> lock = Optional.ofNullable(info).map(read -> judged(read, silent, now));
    State state = new State(key, liveness, lock, Duration.ZERO, Optional.ofNullable(problem));
    return state.holder().isEmpty()
        ? state
        : new State(key, liveness, lock, silent, state.problem());
  }

  /** What the item said, with what is known of the holder since. */
  private LockInfo judged(LockInfo read, Duration silent, ClockReading now) {
    Instant silentSince = Instant.ofEpochMilli(now.epochMillis()).minus(silent);
    return new LockInfo(
        read.key(),
        liveness,
        read.ownerName(),
        read.fencingToken(),
        read.leaseDuration(),
        read.recordVersionNumber(),
        read.data(),
        read.attributes(),
        switch (liveness) {
          case FREE, CLOSED, ALIVE -> Optional.empty();
          case UNKNOWN, SUSPECT, DEAD -> Optional.of(silentSince);
        });
  }

  /** Whether users are told. A heartbeat alone, or a failure of the same kind, is no news. */
  boolean isNewsAfter(ObservedState before) {
    return liveness != before.liveness
        || !Objects.equals(kind(problem), kind(before.problem))
        || !isSameItem(info, before.info);
  }

  private static @Nullable Object kind(@Nullable LockException problem) {
    if (problem instanceof LockStoreException failure) {
      return failure.kind();
    }
    return problem == null ? null : problem.getClass();
  }

  private static boolean isSameItem(@Nullable LockInfo a, @Nullable LockInfo b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    return a.ownerName().equals(b.ownerName())
        && a.fencingToken().equals(b.fencingToken())
        && a.leaseDuration().equals(b.leaseDuration())
        && a.data().equals(b.data())
        && a.attributes().equals(b.attributes());
  }
}
