package io.github.batonlock.internal.observe;

import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockWatch.Liveness;
import io.github.batonlock.LockWatch.State;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a watch made of its last look.
 *
 * @param liveness whether somebody holds the lock and shows life
 * @param info what the item says; null if there is none
 * @param since when it was first seen so, on the monotonic clock: the holder's version, or that
 *     there is no item
 * @param problem why it may be out of date; null if it is not
 */
public record Sighting(
    Liveness liveness, @Nullable LockInfo info, long since, @Nullable LockException problem) {

  /** Before the first look. */
  public static Sighting none(long now) {
    return new Sighting(Liveness.UNKNOWN, null, now, null);
  }

  Sighting withProblem(@Nullable LockException why) {
    return new Sighting(liveness, info, since, why);
  }

  /** As users see it. */
  public State state(LockKey key, long now) {
    State state =
        new State(
            key, liveness, Optional.ofNullable(info), Duration.ZERO, Optional.ofNullable(problem));
    return state.holder().isEmpty()
        ? state
        : new State(
            key,
            liveness,
            state.lock(),
            Duration.ofNanos(Math.max(0, now - since)),
            state.problem());
  }

  /** Whether users are told: a heartbeat alone, or the same failure again, is no news. */
  boolean isNewsAfter(Sighting before) {
    return liveness != before.liveness
        || !Objects.equals(kind(problem), kind(before.problem))
        || !isSameItem(info, before.info);
  }

  private static @Nullable Class<?> kind(@Nullable LockException problem) {
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
