package io.github.batonlock;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a held lock without its holder's consent: stop the work that the lock guards.
 *
 * <p>Each callback that is registered on a lost lock receives it once. Immutable, serializable.
 */
public final class Revocation implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Why a lock was revoked. */
  public enum Reason {
    /**
     * The usable part of the lease (80 % of it) passed without a confirmed renewal. No other client
     * can have the lock yet: {@link Revocation#untilTakeover()} is the time left to stop.
     */
    LEASE_EXPIRED,

    /**
     * The lock item shows a later holder: another client has, or had, the lock. If no operator
     * writes to the table, this happens only after a pause longer than the lease.
     */
    TAKEN_OVER,

    /**
     * The lock item was deleted from the table or is no longer a lock: an operator or a foreign
     * client deleted or overwrote it.
     */
    ITEM_DELETED,

    /**
     * The lock item shows another state of this lock, and its fencing token is not larger than this
     * holder's token: an operator edited the item or restored an earlier state of it, from a backup
     * for instance. Perhaps no other client has acquired the lock, but any client may have it by
     * now. If an earlier state was restored, later holders get tokens that were given out before
     * ({@link HeldLock#fencingToken}).
     */
    ITEM_CHANGED,

    /** The lock item says "released", but this holder did not write that. */
    RELEASED_EXTERNALLY,

    /** The {@link LockClient} that held the lock was closed. */
    CLIENT_CLOSED,

    /**
     * The thread for which the lock was held has ended ({@link LockRequest.Builder#whileAlive}). No
     * other client can have the lock yet.
     */
    WORKER_DIED,

    /**
     * The lock was held for as long as its request allows ({@link LockRequest.Builder#maxHold}). No
     * other client can have the lock yet.
     */
    HELD_TOO_LONG,

    /**
     * The work reported no progress for as long as its request allows ({@link
     * LockRequest.Builder#stallLimit}). No other client can have the lock yet.
     */
    STALLED
  }

  /** See {@link #key()}. */
  private final LockKey key;

  /** See {@link #fencingToken()}. */
  private final long fencingToken;

  /** See {@link #reason()}. */
  private final Reason reason;

  /** See {@link #sinceRenewal()}. */
  private final Duration sinceRenewal;

  /** See {@link #untilTakeover()}. */
  private final Duration untilTakeover;

  /** See {@link #cause()}. */
  private final @Nullable Throwable cause;

  /**
   * Creates a revocation, for Baton and for tests of code that handles revocations.
   *
   * @param key the lost lock
   * @param fencingToken its token
   * @param reason why it was lost
   * @param sinceRenewal time since the last confirmed renewal was sent
   * @param untilTakeover time left before another client may have the lock; zero if another client
   *     may have it already
   * @param cause the last failure of a renewal, or null
   */
  public Revocation(
      LockKey key,
      long fencingToken,
      Reason reason,
      Duration sinceRenewal,
      Duration untilTakeover,
      @Nullable Throwable cause) {
    this.key = Objects.requireNonNull(key, "key");
    this.fencingToken = fencingToken;
    this.reason = Objects.requireNonNull(reason, "reason");
    this.sinceRenewal = Objects.requireNonNull(sinceRenewal, "sinceRenewal");
    this.untilTakeover = Objects.requireNonNull(untilTakeover, "untilTakeover");
    this.cause = cause;
  }

  /**
   * Returns the lost lock.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * Returns the fencing token of the hold that ended.
   *
   * @return the fencing token
   */
  public long fencingToken() {
    return fencingToken;
  }

  /**
   * Returns why the lock was lost.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns how much time had passed at the revocation since the last confirmed renewal was sent.
   *
   * @return a duration by this process's clocks
   */
  public Duration sinceRenewal() {
    return sinceRenewal;
  }

  /**
   * Returns how long, from the moment of revocation, no other client can have the lock: the time to
   * abort the work.
   *
   * @return zero when another client may have the lock already, and for {@link
   *     Reason#CLIENT_CLOSED}, where the lock is released as soon as the callbacks have returned
   */
  public Duration untilTakeover() {
    return untilTakeover;
  }

  /**
   * Returns the last failure of a renewal.
   *
   * @return empty when renewals did not fail, as after a takeover
   */
  public Optional<Throwable> cause() {
    return Optional.ofNullable(cause);
  }

  @Override
  public String toString() {
    return "lock '"
        + key
        + "' (token "
        + fencingToken
        + ") revoked: "
        + reason
        + ", last renewed "
        + sinceRenewal.toMillis()
        + " ms before, free for others in "
        + untilTakeover.toMillis()
        + " ms"
        + (cause == null ? "" : ", last failure: " + cause.getMessage());
  }
}
