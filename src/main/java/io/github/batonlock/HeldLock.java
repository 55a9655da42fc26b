package io.github.batonlock;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * A held lock: one holder's possession of a lock, from the grant until it is released or revoked.
 * It is a {@link Hold} with what only a single lock has: data, a guard for transactions, and
 * callbacks for jeopardy and for requests to release it.
 *
 * <p><b>It can end at any moment.</b> {@link #isHeld()}, {@link #remaining()} and {@link
 * #ensureHeld()} compute their answers from the local deadline, without I/O. An answer is true at
 * the moment it is given; a pause between the answer and the next instruction can outlast the
 * lease. Therefore keep the work after a check shorter than the check allows ({@link
 * #ensureHeldFor}), stop on revocation ({@link #onRevoked}), and send the {@link #fencingToken()}
 * to systems that can refuse a late writer.
 *
 * <p>The holder may use 80 % of the lease's duration. The time counts from before the request that
 * granted or last renewed the lease was sent. Other clients can take over the lock only after the
 * whole lease has passed without a renewal, so the holder of a revoked lock has the remaining 20 %
 * to stop.
 *
 * <p>Safe for use by many threads; no thread owns it. Closing it releases the lock.
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
public interface HeldLock extends Hold {

  /**
   * Returns the session that renews the lock, if the lock has a shared lease. Watch the session's
   * key ({@link LockClient#watch}) to learn whether this client is alive.
   *
   * @return the session's key; empty for a lock with its own lease
   */
  Optional<LockKey> session();

  /**
   * Reports progress and restarts the stall timer. No effect unless the request set a {@link
   * LockRequest.Builder#stallLimit}.
   *
   * <p>Cheap enough for each step of a loop: one read of the clock and one write to memory. A call
   * that comes after the limit does not save the lock.
   */
  void progress();

  /**
   * Returns a condition for the user's own transaction: DynamoDB cancels the transaction if this
   * client no longer owns the lock item, independent of any machine's clock.
   *
   * <p>Add it to a {@code TransactWriteItems} call in the account and Region of the lock table. The
   * condition checks that the lock item has the owner and the token of this hold, and that the item
   * is not released. Heartbeats between this call and the transaction do not make it fail. Every
   * other change does: a grant to another holder, a release, a deletion of the item, a foreign
   * client's write that dropped the token. The condition is also valid for a lock with a shared
   * lease, even if a waiter may have ended the session already: that waiter still has to write the
   * lock item before it has the lock, and DynamoDB orders that write either before or after the
   * transaction.
   *
   * <p>The condition does not check that the lease is valid. The transaction also passes after the
   * deadline, or after this client was closed and ended the session of a shared lease, as long as
   * no other client has acquired the lock in between. The condition protects only the writes in the
   * transaction.
   *
   * <p>A cancelled transaction has changed nothing. Reason {@code ConditionalCheckFailed} at the
   * guard's place means that the lock is lost: stop. Reason {@code TransactionConflict} means that
   * a heartbeat or another transaction used the item at the same time: run the transaction again,
   * with a new guard; the call that makes the guard throws if the lock is lost. This library
   * repeats a heartbeat that meets the transaction, which costs no lease; an endless series of
   * transactions over one lock, without pauses, could cost it. Tables with strong consistency
   * across Regions (MRSC) do not support transactions; {@link Fencing} works there.
   *
   * @return a check of the lock item, billed by the size of the whole item, its data included; at
   *     most one per lock and transaction, in which the lock item must not be written otherwise
   * @throws LockRevokedException if the lock was lost
   * @throws LockNotHeldException as in {@link #ensureHeld}
   * @throws IllegalStateException if this object was closed
   */
  TransactWriteItem guard();

  /**
   * Registers a callback that runs when the lock is lost.
   *
   * <p>The callback runs once, on the client's callback executor: at the deadline or as soon as the
   * loss is known; at once if the lock was revoked already; never if the lock was released first.
   * It may block or throw without harm to other locks and callbacks. If an operator causes the loss
   * by editing the lock item, the holder learns of it with the next heartbeat; with a shared lease
   * up to ten leases later ({@link Leases}).
   *
   * @param callback takes what happened
   * @return this
   */
  @Override
  HeldLock onRevoked(Consumer<? super Revocation> callback);

  /**
   * Registers a callback that runs when the lock is in jeopardy: renewals have failed since the
   * last success for half of the usable lease or for two heartbeat intervals, whichever is longer.
   *
   * <p>The lock is still held. The callback runs on the client's callback executor, each time the
   * lock comes into jeopardy; at once if the lock is in jeopardy already.
   *
   * @param callback takes this lock, to ask how much time is left ({@link #remaining()})
   * @return this
   */
  HeldLock onJeopardy(Consumer<? super HeldLock> callback);

  /**
   * Registers a callback that runs when a renewal of a lock in jeopardy succeeds.
   *
   * @param callback takes this lock
   * @return this
   */
  HeldLock onSafe(Consumer<? super HeldLock> callback);

  /**
   * Registers a callback that runs when a client asks for the release of this lock ({@link
   * LockClient#requestRelease}). The holder may finish its work and close the lock, or ignore the
   * request.
   *
   * <p>The request arrives with the answer to a heartbeat of the lock or of its session, so up to
   * one interval and one request after it was made. If a request arrived before this call, the
   * callback runs at once. The callback runs once for each request, on the client's callback
   * executor.
   *
   * @param callback takes the owner name of the client that asks, the reason, and how long the
   *     holder may take
   * @return this
   */
  HeldLock onReleaseRequested(Consumer<? super ReleaseRequest> callback);

  /**
   * Returns the lock's data as of the acquisition or the last confirmed update by this holder.
   *
   * @return empty if the lock has none
   */
  Optional<SdkBytes> data();

  /**
   * Replaces the lock's data with one write, which also renews the lease.
   *
   * <p>The method blocks until the table has confirmed the write. Concurrent updates are confirmed
   * in order; an intermediate value may never be written.
   *
   * @param data the new data; with the item's other attributes it must fit into DynamoDB's 400 KB
   * @throws LockRevokedException if the lock was lost before the update was confirmed
   * @throws LockNotHeldException if the clocks of this machine disagree, as in {@link #ensureHeld}
   * @throws LockStoreException if DynamoDB refuses the data, as when the item grows too large; the
   *     lock stays held
   * @throws IllegalArgumentException if the data alone exceeds the limit of an item
   * @throws IllegalStateException if this object was closed
   * @throws InterruptedException if the thread is interrupted while waiting; the update may or may
   *     not happen
   */
  void updateData(SdkBytes data) throws InterruptedException;

  /**
   * Replaces the lock's data like {@link #updateData}, without blocking.
   *
   * @param data the new data
   * @return completes when the update is confirmed; fails with the exceptions of {@link
   *     #updateData}. Cancelling it does not cancel the update
   * @throws IllegalArgumentException if the data alone exceeds the limit of an item
   */
  CompletableFuture<Void> updateDataAsync(SdkBytes data);

  /**
   * Releases the lock with one write and waits for the answer, for at most one heartbeat interval
   * (or two tries of a second each, if that is longer and the lease allows it).
   *
   * <p>From the call on, the lock is not held. The method does nothing if the lock was closed or
   * revoked already. It never throws: a release that could not be confirmed is tried again in the
   * background and reported to {@link LockListener#releaseUnconfirmed}. At the latest, the lock is
   * free one lease after its last renewal. An interrupt does not shorten the wait, and the
   * interrupt status is kept.
   */
  @Override
  void close();

  /**
   * Releases the lock like {@link #close}, without blocking.
   *
   * @return completes when the release was confirmed, or given up as {@link #close} does; never
   *     fails
   */
  @Override
  CompletableFuture<Void> closeAsync();
}
