package io.github.batonlock;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a held lock without its holder's consent: stop the work it guards.
 *
 * <p>Delivered once per lost lock, to every callback registered on it. Immutable.
 */
public final class Revocation {

  /** Why a lock was revoked. */
  public enum Reason {
    /**
     * The usable part of the lease (80 % of it) went by without a confirmed renewal. Nobody else
     * can have the lock yet: {@link Revocation#untilTakeover()} is the time left to stop.
     */
    LEASE_EXPIRED,

    /**
     * The lock item shows a later holder: another client has, or had, the lock. Without operators
     * that write to the table, this follows a pause longer than the lease.
     */
    TAKEN_OVER,

    /**
     * The lock item is gone from the table, or is no lock any more: an operator or a foreign client
     * deleted or overwrote it.
     */
    ITEM_DELETED,

    /**
     * The lock item shows another state of this lock, and its fencing token is not larger than this
     * holder's: an operator edited the item, or put an earlier state of it back, from a backup for
     * instance. Perhaps no other client has taken the lock, but any may have it by now. Where an
     * earlier state was put back, later holders get tokens that were given out before ({@link
     * HeldLock#fencingToken}).
     */
    ITEM_CHANGED,

    /** The lock item says "released", but this holder did not write that. */
    RELEASED_EXTERNALLY,

    /** The {@link LockClient} that held the lock was closed. */
    CLIENT_CLOSED,

    /**
     * The thread for which the lock was held has ended ({@link LockRequest.Builder#whileAlive}).
     * Nobody else can have the lock yet.
     */
    WORKER_DIED,

    /**
     * The lock was held for as long as its request allows ({@link LockRequest.Builder#maxHold}).
     * Nobody else can have the lock yet.
     */
    HELD_TOO_LONG,

    /**
     * The work made no progress for as long as its request allows ({@link
     * LockRequest.Builder#stallLimit}). Nobody else can have the lock yet.
     */
    STALLED
  }

  private final LockKey key;
  private final long fencingToken;
  private final Reason reason;
  private final Duration sinceRenewal;
  private final Duration untilTakeover;
  private final @Nullable Throwable cause;

  /**
   * For Baton and for tests of code that handles revocations.
   *
   * @param key the lost lock
   * @param fencingToken its token
   * @param reason why it was lost
   * @param sinceRenewal time since the last confirmed renewal was sent
   * @param untilTakeover time left before another client may have the lock; zero if one may have it
   *     already
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
   * The lost lock.
   *
   * @return its key
   */
  public LockKey key() {
    return key;
  }

  /**
   * The token of the hold that ended.
   *
   * @return the fencing token
   */
  public long fencingToken() {
    return fencingToken;
  }

  /**
   * Why the lock was lost.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * How long ago the last confirmed renewal was sent, when the lock was revoked.
   *
   * @return a duration by this process's clocks
   */
  public Duration sinceRenewal() {
    return sinceRenewal;
  }

  /**
   * How long, from the moment of revocation, no other client can have the lock: the time to abort.
   *
   * @return zero when another may have it already, and for {@link Reason#CLIENT_CLOSED}, where the
   *     lock is released as soon as the callbacks have returned
   */
  public Duration untilTakeover() {
    return untilTakeover;
  }

  /**
   * The last failure of a renewal.
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
