package io.github.batonlock;

/**
 * What a client can know of the holder of a lock: whether there is one, and whether it shows life.
 *
 * <p>A client knows no other machine's clock. It knows a holder by its record version: a version
 * that changes is a sign of life, and a version that stays is silence, which this client's
 * monotonic clock measures. Whatever a liveness says may have changed since; only the holder of a
 * lock may write on its strength.
 *
 * @see LockInfo#liveness()
 * @see LockWatch.State#liveness()
 */
public enum Liveness {
  /**
   * This client cannot say whether a living client holds the lock: the item was not read yet, it is
   * not a lock, or it names a holder that has shown this client no heartbeat yet and that this
   * client has not seen for a full lease either.
   */
  UNKNOWN,

  /**
   * No client holds the lock: it was released, or there is no item. Also a session that has ended:
   * its client ended it, or another client found its client dead.
   */
  FREE,

  /**
   * Released, and closed to all clients for the rest of a minimum time ({@link
   * LockRequest.Builder#holdAtLeast}). That time may be over where this client has not seen the
   * release for so long.
   */
  CLOSED,

  /** Held, and the holder showed a heartbeat less than a lease ago, or is this client. */
  ALIVE,

  /**
   * Held, and the next heartbeat is clearly overdue: by half of the interval that this holder
   * usually keeps, or, before that interval is known, half of a lease after the record version was
   * first seen. Only a {@link LockWatch} says so.
   */
  SUSPECT,

  /**
   * This client has seen the holder's version unchanged for a full lease: a client that wants the
   * lock may take it over now.
   */
  DEAD
}
