package io.github.batonlock.internal.runtime;

import java.util.EnumMap;
import java.util.Map;

/**
 * The count of what a client keeps at one moment for work that is not over. Caches are not counted:
 * they are bounded, and stay.
 *
 * <p>For one thread: the loop, or another after it has stopped. A client that is not in use keeps
 * nothing; an entry that stays is a leak.
 */
public final class Census {
  private final Map<Kept, Integer> numbers = new EnumMap<>(Kept.class);

  /** The kinds of entries that are counted. */
  public enum Kept {
    /** Locks that this client holds. */
    HOLDS,
    /** Keys of the locks in the client's index of its holds. */
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
    /** Locks that holders are releasing, until the answer comes. */
    LOCKS_BEING_RELEASED,
    /** Sessions of this client. */
    SESSIONS,
    /** Locks that those sessions keep, including those of holders that have not stopped yet. */
    SHARED_LOCKS,
    /** Acquisitions that use a session, or wait for it to open. */
    SESSION_USERS,
    /** Sessions of other clients that have waiters for their end. */
    WATCHED_SESSIONS,
    /** Acquisitions that wait for the end of such a session. */
    SESSION_WAITERS,
    /** Keys that are watched. */
    WATCHED_KEYS,
    /** Requests that wait for their turn. */
    WAITING_REQUESTS,
    /** Requests that have been sent and not answered. */
    REQUESTS_UNDER_WAY,
    /**
     * Versions of writes that may or may not have been applied, and of lost holds with work that
     * may go on.
     */
    CLAIMED_VERSIONS,
    /** Locks and sessions with an observation that a waiter keeps. */
    WAITERS_OBSERVATIONS,
    /** Releases that follow whether the lock was handed over meanwhile. */
    FOLLOWED_RELEASES,
    /** Locks for which a late write may still arrive. */
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

  /** The kinds that have entries, with their numbers. */
  @Override
  public String toString() {
    return numbers.toString();
  }
}
