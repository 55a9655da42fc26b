package io.github.batonlock.internal.runtime;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a client keeps at one moment for work that is not over. Caches are not counted: they are
 * bounded, and stay.
 *
 * <p>For one thread: the loop, or another after it has stopped. A client that nobody uses keeps
 * nothing; what stays is a leak.
 */
public final class Census {
  private final Map<Kept, Integer> numbers = new EnumMap<>(Kept.class);

  /** What is counted. */
  public enum Kept {
    /** Locks that this client holds. */
    HOLDS,
    /** Keys of locks by which it finds its holds. */
    HELD_KEYS,
    /** Acquisitions that have not ended. */
    ACQUISITIONS,
    /** Requests that closing the client waits for. */
    UNFINISHED_WORK,
    /** Calls of users that have not ended. */
    PENDING_CALLS,
    /** User code that runs, or is about to. */
    CALLBACKS,
    /** Locks with a queue of waiters of this client. */
    LINES,
    /** Acquisitions in those queues, and those that share the outcome of the first. */
    WAITERS_IN_LINE,
    /** Locks that holders give back, where no answer has come yet. */
    LOCKS_BEING_RELEASED,
    /** Sessions of this client. */
    SESSIONS,
    /** Locks that they keep, those of holders that still stop included. */
    SHARED_LOCKS,
    /** Acquisitions that use a session, or wait for it to open. */
    SESSION_USERS,
    /** Sessions of other clients whose end somebody waits for. */
    WATCHED_SESSIONS,
    /** Acquisitions that wait for it. */
    SESSION_WAITERS,
    /** Keys that are watched. */
    WATCHED_KEYS,
    /** Requests that wait for their turn. */
    WAITING_REQUESTS,
    /** Requests that have been sent and not answered. */
    REQUESTS_UNDER_WAY,
    /** Versions of writes whose fate is unknown, and of lost holds whose work may go on. */
    CLAIMED_VERSIONS,
    /** Locks and sessions whose observation a waiter keeps. */
    WAITERS_OBSERVATIONS,
    /** Releases that are asked whether the lock was passed on meanwhile. */
    FOLLOWED_RELEASES,
    /** Locks to which a late write may still come. */
    DOUBTFUL_LOCKS
  }

  public void add(Kept kept, int number) {
    if (number != 0) {
      numbers.merge(kept, number, Integer::sum);
    }
  }

  public int of(Kept kept) {
    return numbers.getOrDefault(kept, 0);
  }

  public boolean isEmpty() {
    return numbers.isEmpty();
  }

  /** What is kept, with its number; nothing else. */
  @Override
  public String toString() {
    return numbers.toString();
  }
}
