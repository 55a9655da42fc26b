package io.github.batonlock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * One holder's possession of a lock, from the grant until it is released or revoked.
 *
 * <p><b>It can end at any moment.</b> Answers to {@link #isHeld()}, {@link #remaining()} and {@link
 * #ensureHeld()} are true when given, computed from the local deadline without I/O; a pause between
 * the answer and the next instruction can outlast the lease. Keep the work after a check shorter
 * than the check allows ({@link #ensureHeldFor}), stop on revocation ({@link #onRevoked}), and send
 * the {@link #fencingToken()} to systems that can refuse a late writer.
 *
 * <p>The usable part of a lease is 80 % of its duration, counted from before the request that
 * granted or last renewed it was sent. Others can take the lock only after the whole lease has gone
 * by unrenewed, so a revoked holder has the remaining 20 % to stop.
 *
 * <p>Safe for use by many threads; owned by no thread. Closing releases the lock.
 *
 * <pre>{@code
 * try (HeldLock lock = client.acquire("reports/2026-11")) {
 *   for (Chunk chunk : chunks) {
 *     lock.ensureHeldFor(Duration.ofSeconds(5));
 *     write(chunk, lock.fencingToken());
 *   }
 * }
 * }</pre>
 */
public interface HeldLock extends AutoCloseable {

  /**
   * The lock's key.
   *
   * @return the key it was acquired with
   */
  LockKey key();

  /**
   * The number of this possession: greater than that of every earlier holder of this key.
   *
   * <p>It grows by one with each holder as long as the lock item lives, and never changes while the
   * lock is held. Should the item vanish (deleted on release, by DynamoDB's TTL, by an operator),
   * the sequence restarts from the time in microseconds since 1970. Since an item takes at most
   * about 1,000 writes a second, a restarted sequence is above every earlier token unless the clock
   * that seeds it is behind by more than the time since the lost token was made, or the request
   * that carries the seed was on its way for longer than that. Only the order is promised, not that
   * numbers are dense.
   *
   * <p><b>A restored backup repeats tokens.</b> The sequence lives in the lock item. Where an
   * earlier state of the item is put back, the tokens given out since that state are given out
   * again, and nothing tells them apart. Restore lock items while no client runs, and delete them
   * before one starts: the sequence then restarts as above. To keep the data in the items, set
   * attribute {@code fencingToken} of each to the time in microseconds since 1970.
   *
   * @return the fencing token, positive
   */
  long fencingToken();

  /**
   * The session that keeps the lock, if its lease is shared: to be watched ({@link
   * LockClient#watch}) by whoever wants to know whether this client is alive.
   *
   * @return the session's key; empty for a lock with its own lease
   */
  Optional<LockKey> session();

  /**
   * Whether the lock is held now.
   *
   * @return false once released, revoked or past its deadline, and while the clocks of this machine
   *     disagree about the deadline (after a suspend) until a renewal has settled it
   */
  boolean isHeld();

  /**
   * How much of the usable lease is left, if no renewal succeeds any more.
   *
   * @return zero when {@link #isHeld()} is false
   */
  Duration remaining();

  /**
   * Returns if the lock is held now, and throws otherwise.
   *
   * @throws LockRevokedException if the lock was lost
   * @throws LockNotHeldException if the clocks of this machine disagree and the renewal that
   *     settles it is under way
   * @throws IllegalStateException if this object was closed
   */
  void ensureHeld();

  /**
   * Returns if the lock is held and will be for the given time even if no renewal succeeds any
   * more.
   *
   * <p>While renewals succeed, durations up to the usable lease less one heartbeat interval and one
   * request pass (about 10 s with the defaults).
   *
   * @param duration positive, at most 80 % of the lease
   * @throws LockRevokedException if the lock was lost
   * @throws LockNotHeldException if less time is left
   * @throws IllegalArgumentException if no lease of this lock can last that long
   * @throws IllegalStateException if this object was closed
   */
  void ensureHeldFor(Duration duration);

  /**
   * Says that the work goes on, where the request set a {@link LockRequest.Builder#stallLimit};
   * does nothing elsewhere.
   *
   * <p>Cheap enough for each step of a loop: one look at the clock and one write to memory. A call
   * that comes after the limit does not save the lock.
   */
  void progress();

  /**
   * A condition for the user's own transaction: DynamoDB cancels the transaction if the lock has
   * moved on since, whatever the clocks of any machine did.
   *
   * <p>Add it to a {@code TransactWriteItems} call in the account and Region of the lock table. It
   * checks the lock item: owner and token are those of this hold, and the item is not released.
   * Heartbeats in between do not fail it. Anything else does: a grant to another holder, a release,
   * a deleted item, a foreign client's write that dropped the token. It holds for a lock with a
   * shared lease, too, whose session a waiter may have ended already: that waiter still has to
   * write the lock item before it has the lock, and DynamoDB puts that write before the transaction
   * or after it.
   *
   * <p>What it does not say: that the lease is good. A transaction passes also after the deadline,
   * or after this client was closed and ended the session of a shared lease, as long as nobody has
   * got the lock in between. And it guards only what is in the transaction.
   *
   * <p>A cancelled transaction has changed nothing. Reason {@code ConditionalCheckFailed} at the
   * guard's place: the lock is lost, stop. Reason {@code TransactionConflict}: a heartbeat or
   * another transaction was at the item, run it again, with a new guard, which says whether that
   * makes sense. A heartbeat that meets the transaction is tried again by this library, and costs
   * no lease; transactions over one lock that never pause could. Tables with strong consistency
   * across Regions (MRSC) know no transactions; {@link Fencing} works there.
   *
   * @return a check of the lock item, billed by the size of the whole item, its data included; at
   *     most one per lock and transaction, in which the lock item must not be written otherwise
   * @throws LockRevokedException if the lock was lost
   * @throws LockNotHeldException as in {@link #ensureHeld}
   * @throws IllegalStateException if this object was closed
   */
  TransactWriteItem guard();

  /**
   * Registers what to do when the lock is lost.
   *
   * <p>Runs once, on the client's callback executor: at the deadline or as soon as the loss is
   * known; at once if the lock was revoked already; never after the lock was released first. It may
   * block or throw without harm to other locks and callbacks. A loss that an operator causes in the
   * lock item is known with the next heartbeat; for a shared lease up to ten leases later ({@link
   * Leases}).
   *
   * @param callback takes what happened
   * @return this
   */
  HeldLock onRevoked(Consumer<? super Revocation> callback);

  /**
   * Registers what to do when renewals have failed for long enough to worry: half of the usable
   * lease, or two heartbeat intervals, whichever is longer, since the last success.
   *
   * <p>The lock is still held. Runs on the client's callback executor, each time it comes to that;
   * at once if it has come to that already.
   *
   * @param callback takes this lock, to ask what {@link #remaining()} there is
   * @return this
   */
  HeldLock onJeopardy(Consumer<? super HeldLock> callback);

  /**
   * Registers what to do when a lock in jeopardy was renewed after all.
   *
   * @param callback takes this lock
   * @return this
   */
  HeldLock onSafe(Consumer<? super HeldLock> callback);

  /**
   * Registers what to do when somebody asks for the release of this lock ({@link
   * LockClient#requestRelease}): finish and close it, or not.
   *
   * <p>The request comes with the answer to a heartbeat, of the lock or of its session, so up to
   * one interval and one request pass after it was made; one that was made before this call is told
   * at once. Runs once for each request, on the client's callback executor.
   *
   * @param callback takes who asks, why, and how long the holder may take
   * @return this
   */
  HeldLock onReleaseRequested(Consumer<? super ReleaseRequest> callback);

  /**
   * What ended this possession, if it was not the holder.
   *
   * @return empty while the lock is held, and after it was released by its holder
   */
  Optional<Revocation> revocation();

  /**
   * The lock's data as of the acquisition or the last confirmed update by this holder.
   *
   * @return empty if the lock has none
   */
  Optional<SdkBytes> data();

  /**
   * Replaces the lock's data with one write, which also renews the lease.
   *
   * <p>Blocks until the table has confirmed it. Concurrent updates are confirmed in order; an
   * intermediate value may never be written.
   *
   * @param data the new data; with the item's other attributes it must fit into DynamoDB's 400 KB
   * @throws LockRevokedException if the lock was lost before the update was confirmed
   * @throws LockNotHeldException if the lock is suspect, as in {@link #ensureHeld}
   * @throws LockStoreException if DynamoDB refuses the data, as when the item grows too large; the
   *     lock stays held
   * @throws IllegalArgumentException if the data alone exceeds the limit of an item
   * @throws IllegalStateException if this object was closed
   * @throws InterruptedException if the thread is interrupted while waiting; the update may or may
   *     not happen
   */
  void updateData(SdkBytes data) throws InterruptedException;

  /**
   * Like {@link #updateData}, without blocking.
   *
   * @param data the new data
   * @return done when confirmed; fails with the exceptions of {@link #updateData}. Cancelling it
   *     does not cancel the update
   * @throws IllegalArgumentException if the data alone exceeds the limit of an item
   */
  CompletableFuture<Void> updateDataAsync(SdkBytes data);

  /**
   * Releases the lock with one write and waits for the answer, for at most one heartbeat interval
   * (or two tries of a second each, if that is longer and the lease allows it).
   *
   * <p>From the call on, the lock is not held. Does nothing when it was closed or revoked already.
   * Never throws: a release that could not be confirmed is tried again in the background and
   * reported to {@link LockListener#releaseUnconfirmed}; at the latest the lock is free one lease
   * after its last renewal. An interrupt does not cut the wait short, and is kept.
   */
  @Override
  void close();

  /**
   * Like {@link #close}, without blocking.
   *
   * @return done when the release was confirmed, or given up as {@link #close} does; never fails
   */
  CompletableFuture<Void> closeAsync();
}
