package io.github.batonlock;

import java.time.Duration;
import java.util.Optional;

/**
 * An observation of one lock without acquiring it: which client holds the lock, and whether that
 * holder shows life.
 *
 * <p><b>A watch judges from outside, and late.</b> A watch sees a change at its next read, up to a
 * heartbeat interval after the change. A holder that is reported dead may only have been slow. A
 * holder that shows life may have lost the lock since. Never write on the strength of a watch: only
 * the holder of the lock may do that.
 *
 * <p>A watch judges life as a waiter does: by whether the record version changes, on this machine's
 * monotonic clock. No other machine's clock is asked. A lock with a shared lease is as alive as the
 * session that renews it ({@link HeldLock#session()} returns the session's key, which can be
 * watched like a lock's). An acquisition of the same client uses what a watch has seen: it does not
 * wait for the same lease again.
 *
 * <p><b>Cost.</b> A watch reads only, and never writes. All watches of one key in one client share
 * one sequence of reads. While nothing changes, this sequence is about one eventually consistent
 * read in each heartbeat interval of the holder, just after its heartbeat is due. A few more reads
 * follow the beginning and each change of holder, to learn when the heartbeat is due. One strongly
 * consistent read precedes the report that a holder is dead. A free lock is read once in the
 * client's own interval. A shared lease costs these reads once for the lock and once for the
 * session, whatever the number of watched locks that the session renews.
 *
 * <p><b>Failures.</b> When the table cannot be read, the last state stays, with {@link
 * State#problem()} set. The listener receives the first failure, and then each failure of another
 * {@linkplain LockStoreException#kind() kind}. Reads go on at growing intervals, of one second at
 * last. No holder is reported dead without an answer.
 *
 * <p>The listener receives the present state first, when it is known, and then each change once, in
 * order, one at a time, on the client's callback executor. The first read of a held lock shows the
 * holder, but no life: the holder is {@link Liveness#UNKNOWN} until its next heartbeat is seen. A
 * listener that blocks delays only its own next calls; an exception that it throws is logged. A
 * heartbeat alone is no change.
 *
 * <p>Safe for use by many threads. Reading stops when the last watch of a key is closed, or the
 * client.
 */
public interface LockWatch extends AutoCloseable {

  /**
   * Returns the key of the watched lock.
   *
   * @return its key
   */
  LockKey key();

  /**
   * Returns what the watch knows now, at once and without a request.
   *
   * @return the state as of the last read; {@link Liveness#UNKNOWN} before the first answer
   */
  State current();

  /**
   * Ends this watch. A call of the listener that runs already continues; no other call begins. A
   * second call of this method does nothing.
   */
  @Override
  void close();

  /**
   * The state of a watch: what it knows at one moment.
   *
   * @param key the lock
   * @param liveness whether a client holds the lock and shows life; the same as the {@link
   *     LockInfo#liveness()} of {@code lock}, where there is one
   * @param lock what the item said when it was last read: owner, fencing token, data, attributes;
   *     of a free lock, what its last holder left. Empty if there is no item, or none was read yet
   * @param silent for how long this client had seen the holder's version unchanged at that moment;
   *     zero if there is no holder
   * @param problem why the state may be out of date: the last read failed, or the item is not a
   *     lock; empty if there is no problem
   */
  record State(
      LockKey key,
      Liveness liveness,
      Optional<LockInfo> lock,
      Duration silent,
      Optional<LockException> problem) {

    /**
     * Returns the holder of the lock.
     *
     * @return the holder that the item names, whether it shows life or not; empty if no client
     *     holds the lock, or no item was read
     */
    public Optional<LockInfo> holder() {
      return switch (liveness) {
        case UNKNOWN, ALIVE, SUSPECT, DEAD -> lock;
        case FREE, CLOSED -> Optional.empty();
      };
    }

    /** Describes the state without the user's data and attributes, which do not belong in logs. */
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
