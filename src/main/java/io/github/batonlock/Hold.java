package io.github.batonlock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A hold: the possession of a lock, or of a recipe's place that one or several locks make, from the
 * grant until it is closed or revoked.
 *
 * <p>A {@link HeldLock} is the hold of one lock. The permits, readers, writers, turns, terms and
 * memberships of the recipes ({@code io.github.batonlock.recipe}) are holds, too.
 *
 * <p><b>It can end at any moment.</b> {@link #isHeld()}, {@link #remaining()} and {@link
 * #ensureHeld()} compute their answers from the local deadline, without I/O. An answer is true at
 * the moment it is given; a pause between the answer and the next instruction can outlast the
 * lease. Therefore keep the work after a check shorter than the check allows ({@link
 * #ensureHeldFor}), stop on revocation ({@link #onRevoked}), and send the {@link #fencingToken()}
 * to systems that can refuse a late writer.
 *
 * <p>A hold of several locks lasts while all of them are held, and is lost with the first one. The
 * others are kept until the hold is closed, because the work may still be going on.
 *
 * <p>Safe for use by many threads; no thread owns it. Closing it releases what it holds.
 */
public interface Hold extends AutoCloseable {

  /**
   * Returns the key of the lock that {@link #fencingToken()} belongs to.
   *
   * @return for a {@link HeldLock} the key it was acquired with; a recipe says which of its locks
   *     it is
   */
  LockKey key();

  /**
   * Returns the fencing token: the number of this possession, greater than that of every earlier
   * holder of {@link #key()}. It orders the holders of that lock only.
   *
   * <p>The token grows by one with each holder as long as the lock item exists, and never changes
   * while the lock is held. If the item is deleted (on release, by DynamoDB's TTL, by an operator),
   * the sequence restarts from the time in microseconds since 1970. An item takes at most about
   * 1,000 writes a second. Therefore a restarted sequence is above every earlier token, with two
   * exceptions: the clock that seeds the sequence is behind by more than the time since the lost
   * token was made, or the request that carries the seed was on its way for longer than that. Baton
   * promises only the order of the tokens; it does not promise that the numbers are dense.
   *
   * <p><b>A restored backup repeats tokens.</b> The sequence is stored in the lock item. If an
   * earlier state of the item is restored, the tokens given out since that state are given out
   * again, and nothing distinguishes the two. Restore lock items while no client runs, and delete
   * them before a client starts: the sequence then restarts as described above. To keep the data in
   * the items, set attribute {@code fencingToken} of each item to the time in microseconds since
   * 1970.
   *
   * @return the fencing token, positive
   */
  long fencingToken();

  /**
   * Returns whether it is held now.
   *
   * @return false once closed, revoked or past its deadline; also false while the clocks of this
   *     machine disagree about the deadline (after a suspend), until a renewal has settled it
   */
  boolean isHeld();

  /**
   * Returns how much of the usable lease is left, assuming that no further renewal succeeds.
   *
   * @return zero when {@link #isHeld()} is false
   */
  Duration remaining();

  /**
   * Checks that it is held now, and throws otherwise.
   *
   * @throws LockRevokedException if it was lost
   * @throws LockNotHeldException if the clocks of this machine disagree and the renewal that
   *     settles it is under way
   * @throws IllegalStateException if this object was closed
   */
  void ensureHeld();

  /**
   * Checks that it is held and will be held for the given time even if no further renewal succeeds,
   * and throws otherwise.
   *
   * <p>While renewals succeed, the check passes for durations up to the usable lease minus one
   * heartbeat interval and one request (about 10 s with the defaults).
   *
   * @param duration positive, at most 80 % of the lease
   * @throws LockRevokedException if it was lost
   * @throws LockNotHeldException if less time is left
   * @throws IllegalArgumentException if no lease of a lock of this hold can last that long
   * @throws IllegalStateException if this object was closed
   */
  void ensureHeldFor(Duration duration);

  /**
   * Registers a callback that runs when it is lost.
   *
   * <p>The callback runs once, on the client's callback executor: at the deadline or as soon as the
   * loss is known; at once if it was revoked already; never if it was closed first. It may block or
   * throw without harm to other locks and callbacks.
   *
   * @param callback takes what happened to the lock that was lost first
   * @return this
   */
  Hold onRevoked(Consumer<? super Revocation> callback);

  /**
   * Returns what ended this possession, if the holder did not close it.
   *
   * @return empty while it is held, and after it was closed by its holder
   */
  Optional<Revocation> revocation();

  /**
   * Releases it and waits for the answer. From the call on, it is not held. A second call does
   * nothing. The method never throws: what could not be confirmed is tried again in the background.
   * An interrupt does not shorten the wait, and the interrupt status is kept.
   */
  @Override
  void close();

  /**
   * Releases it like {@link #close}, without blocking.
   *
   * @return completes when the release was confirmed, or given up as {@link #close} does; never
   *     fails
   */
  CompletableFuture<Void> closeAsync();
}
