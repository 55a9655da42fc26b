package io.github.batonlock;

import io.github.batonlock.internal.callback.ListenerPair;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A listener that learns what happens to the locks of one client: a place for metrics, logs and
 * alarms.
 *
 * <p>Methods are called on the client's callback executor, possibly by many threads at once. An
 * exception that a listener throws is logged and otherwise ignored.
 *
 * <p>{@link #acquisitionEnded}, {@link #renewalEnded} and {@link #requestEnded} tell of calls and
 * requests, for metrics. They are called one at a time and in order, from a queue of at most 1,000
 * events. A listener that is too slow for its client misses events; {@link #eventsDropped} tells
 * how many. The other methods tell of locks and their waiters, and miss nothing. A client makes no
 * events of calls, requests and waits for a method that its listener does not override.
 *
 * <p>A client has one listener; {@link #andThen} makes one of two.
 */
public interface LockListener {

  /**
   * Called when a lock was acquired.
   *
   * @param lock the lock
   */
  default void acquired(HeldLock lock) {}

  /**
   * Called when the holder released a lock and the table confirmed the release.
   *
   * @param lock the lock, no longer held
   */
  default void released(HeldLock lock) {}

  /**
   * Called when the holder released a lock, or the client was closed, but no answer has confirmed
   * the release. The client tries the release again until the lease is over, or until the client is
   * closed. The lock is free for others at the latest one lease after its last renewal.
   *
   * @param lock the lock, no longer held
   * @param failure the last failure
   */
  default void releaseUnconfirmed(HeldLock lock, LockException failure) {}

  /**
   * Called when a lock comes into jeopardy ({@link HeldLock#onJeopardy}): its renewals have failed
   * for a while, but the lock is still held.
   *
   * @param lock the lock
   */
  default void jeopardy(HeldLock lock) {}

  /**
   * Called when a lock in jeopardy was renewed.
   *
   * @param lock the lock
   */
  default void safe(HeldLock lock) {}

  /**
   * Called when a lock was lost.
   *
   * @param lock the lock, no longer held
   * @param revocation what happened
   */
  default void revoked(HeldLock lock, Revocation revocation) {}

  /**
   * Called when a caller begins to wait for a lock: the lock is held, other callers of this client
   * are before it, or the table does not answer. A call that acquires the lock with its first
   * request, and one try, do not wait. The caller of a recipe waits as long as the recipe's
   * acquisition of one lock does.
   *
   * <p>Each call of this method is followed by one of {@link #waitEnded}. As with all methods here,
   * the second call may overtake the first: count both.
   *
   * @param key the lock
   */
  default void waitBegan(LockKey key) {}

  /**
   * Called when a caller that waited for a lock has the lock, or has given up.
   *
   * @param key the lock
   */
  default void waitEnded(LockKey key) {}

  /**
   * Called when a listing skipped an item of the table that is not a lock.
   *
   * @param problem names the key, the attribute and what is wrong
   */
  default void malformedItem(MalformedLockItemException problem) {}

  /**
   * Called when this machine's clocks no longer meet the assumptions of leases: they stood still or
   * jumped (a suspend, a paused VM), or run at another rate than DynamoDB's clock. The client
   * renews held locks at once. Until a renewal succeeds, every check answers that the lock is not
   * held.
   *
   * @param unseen a lower bound of the time that the monotonic clock missed, or counted too much
   *     (negative)
   * @param description which clocks disagreed
   */
  default void clockSuspect(Duration unseen, String description) {}

  /**
   * Called when an acquisition has ended: once for each call of {@code acquire}, {@code
   * tryAcquire}, {@code runLocked}, {@code callLocked} and their other forms, and for each lock
   * that a recipe tries to acquire.
   *
   * @param event how it ended
   */
  default void acquisitionEnded(AcquisitionEnded event) {}

  /**
   * Called when a request that was to renew a lease was answered or has failed. A lock with a
   * shared lease has no renewals of its own; its session has.
   *
   * @param event how it ended
   */
  default void renewalEnded(RenewalEnded event) {}

  /**
   * Called when a request to DynamoDB was answered or has failed: once for each call of the SDK,
   * whose own retries are part of that call. A request that is still under way when the client
   * stops is not told.
   *
   * @param event how it ended
   */
  default void requestEnded(RequestEnded event) {}

  /**
   * Called when events were dropped, because this listener was too slow for its client: at the
   * place of the dropped events, before the next event.
   *
   * @param number how many events were dropped since the last call, of all three kinds
   */
  default void eventsDropped(long number) {}

  /**
   * Returns a listener that tells two: this one, then another. An exception of the first does not
   * keep the second from being told. The client makes the events that either of the two wants.
   *
   * @param next is told after this one, on the same thread
   * @return the listener of both
   */
  default LockListener andThen(LockListener next) {
    return new ListenerPair(this, Objects.requireNonNull(next, "next"));
  }

  /**
   * The end of one acquisition.
   *
   * @param key the lock
   * @param outcome what came of it
   * @param how from which state of the lock it was acquired; {@link How#NONE} if it was not
   * @param waited the time from the call to its result, on this machine's monotonic clock; the time
   *     behind other callers of the same client is part of it
   */
  record AcquisitionEnded(LockKey key, Outcome outcome, How how, Duration waited) {

    /** What can come of an acquisition. */
    public enum Outcome {
      /** The client holds the lock. */
      ACQUIRED,
      /** One try found the lock held, or no item where the request needs one. */
      NOT_ACQUIRED,
      /** The waiting time was up, and the lock was held. */
      TIMED_OUT,
      /**
       * The caller left, by an interrupt or by completing its future, or the client was closed. If
       * the lock was acquired after that, the client releases it.
       */
      CANCELLED,
      /** The table failed, or the item is not a lock. */
      FAILED
    }

    /** The states of a lock from which it is acquired. */
    public enum How {
      /**
       * No client held the lock. The item was released or absent, or named a hold of this client
       * that was over.
       */
      FREE,
      /**
       * A hold of the same client was passed on, or another client kept the lock for this one,
       * which had requested its release.
       */
      HANDOFF,
      /** The lock was taken from a holder that was silent for its lease, or with its session. */
      TAKEOVER,
      /** The lock was not acquired. */
      NONE
    }
  }

  /**
   * The end of one request that was to renew a lease.
   *
   * @param key the lock, or the session
   * @param ofSession whether this renews a session, and with it all its locks
   * @param confirmed whether the answer has confirmed that the lease was extended
   * @param latency the time from the send to the answer or failure
   * @param slack what was left of the usable lease (80 % of the lease) when the answer came, before
   *     that answer extended it; zero if the lease was over. Values that come close to zero are an
   *     early warning
   */
  record RenewalEnded(
      LockKey key, boolean ofSession, boolean confirmed, Duration latency, Duration slack) {}

  /**
   * The end of one request to DynamoDB.
   *
   * @param operation what was requested
   * @param result what came of it
   * @param failure the kind of failure, if {@code result} is {@link Result#FAILED}; otherwise empty
   * @param latency the time from the send to the answer or failure
   */
  record RequestEnded(
      Operation operation,
      Result result,
      Optional<LockStoreException.Kind> failure,
      Duration latency) {

    /** The kinds of requests. */
    public enum Operation {
      /** A write that acquires a lock, or opens a session. */
      GRANT,
      /** A write that renews a lease, or updates the data of a held lock. */
      RENEW,
      /** A write that releases a lock, or ends a session. */
      RELEASE,
      /** A write that ends one hold and begins the next. */
      HANDOFF,
      /** A write that requests a release, or withdraws the request. */
      RELEASE_REQUEST,
      /** A write of a caller that gives up on a held lock: when it had seen the holder. */
      MARK,
      /** A transaction that acquires several locks. */
      TRANSACTION,
      /** A read of one item, or of several items at one moment. */
      READ,
      /** A read of one page of the table. */
      SCAN
    }

    /** What can come of a request. */
    public enum Result {
      /** The write was applied, or the read was answered. */
      APPLIED,
      /** The condition of the write failed. DynamoDB charges for it as for a write. */
      REFUSED,
      /** There was no answer, or an error. */
      FAILED
    }
  }
}
