package io.github.batonlock;

import java.time.Duration;
import java.util.Optional;

/**
 * A look at one lock for somebody who does not want it: who holds it, and whether the holder shows
 * life.
 *
 * <p><b>It is a judgement from outside, and late.</b> A change is seen at the next read, up to a
 * heartbeat interval after it happened; a holder that was found dead may only have been slow; and
 * one that shows life may have lost the lock since. Nothing may be written on the strength of a
 * watch: only who holds the lock may do that.
 *
 * <p>Life is judged as by those who wait for the lock: by whether the record version changes, on
 * this machine's monotonic clock. No other machine's clock is asked. A lock with a shared lease is
 * as alive as the session that keeps it ({@link HeldLock#session()} tells its key, which can be
 * watched like a lock's). What a watch has seen counts for an acquisition of the same client: it
 * does not wait a lease once more.
 *
 * <p><b>Cost.</b> Reads only, never a write. All watches of one key in one client share one
 * sequence of reads: while nothing changes, about one eventually consistent read in each heartbeat
 * interval of the holder, just after its heartbeat is due. A few more at the beginning, and after a
 * change of holder, to learn when that is; a strongly consistent one before a holder is declared
 * dead. A free lock is read once in the client's own interval. A shared lease costs that once for
 * the lock and once for the session, whatever the number of locks watched that it keeps.
 *
 * <p><b>Failures.</b> When the table cannot be read, the last state stays, with {@link
 * State#problem()} set, and reads go on, ever less often, once a second at last. Nobody is declared
 * dead without an answer.
 *
 * <p>The listener is told the present state first, when it is known, and then each change once, in
 * order, one at a time, on the client's callback executor. A listener that blocks delays what it is
 * told itself, and nothing else; what it throws is logged. A heartbeat alone is no change.
 *
 * <p>Safe for use by many threads. Reading stops when the last watch of a key is closed, or the
 * client.
 */
public interface LockWatch extends AutoCloseable {

  /**
   * The lock that is watched.
   *
   * @return its key
   */
  LockKey key();

  /**
   * What is known now; answers at once, without a request.
   *
   * @return the state as of the last read; {@link Liveness#UNKNOWN} before the first was answered
   */
  State current();

  /**
   * Ends this watch. A call of the listener that runs already goes on; no other begins. Does
   * nothing the second time.
   */
  @Override
  void close();

  /** Whether the holder of a lock shows life. */
  enum Liveness {
    /** It is not known yet whether there is a holder, or the item is not a lock. */
    UNKNOWN,

    /**
     * Nobody holds it: it was released, or there is no item. Also a session that has ended: by its
     * client, or because somebody found that dead.
     */
    FREE,

    /** The version changes, or was seen for the first time not long ago. */
    ALIVE,

    /**
     * The next heartbeat is clearly overdue: by half of the interval that this holder usually
     * keeps, or, before that is known, half of a lease after the version was first seen.
     */
    SUSPECT,

    /**
     * The version has been seen unchanged for a full lease: whoever wants the lock may take it over
     * now.
     */
    DEAD
  }

  /**
   * What a watch knows at one moment.
   *
   * @param key the lock
   * @param liveness whether somebody holds it and shows life
   * @param lock what the item said when it was last read: owner, fencing token, data, attributes;
   *     of a free lock, what its last holder left. Empty if there is no item, or none was read yet
   * @param silent for how long this client had seen the holder's version unchanged at that moment;
   *     zero if there is no holder
   * @param problem why the state may be out of date: the last read failed, or the item is not a
   *     lock; empty when all is well
   */
  record State(
      LockKey key,
      Liveness liveness,
      Optional<LockInfo> lock,
      Duration silent,
      Optional<LockException> problem) {

    /**
     * Who holds the lock.
     *
     * @return empty if nobody does, or it is not known
     */
    public Optional<LockInfo> holder() {
      return switch (liveness) {
        case ALIVE, SUSPECT, DEAD -> lock;
        case FREE, UNKNOWN -> Optional.empty();
      };
    }

    /** All but the user's data and attributes, which do not belong into logs. */
    @Override
    public String toString() {
      return "lock '"
          + key
          + "' "
          + liveness
          + holder()
              .map(info -> ", holder " + info.describeHolder() + " silent for " + silent)
              .orElse("")
          + problem.map(failure -> ", may be out of date: " + failure.getMessage()).orElse("");
    }
  }
}
