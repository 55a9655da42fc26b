package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A table of lock items, as the protocol needs it: reads and single-item conditional writes, and,
 * if the table supports them, several grants in one transaction.
 *
 * <p>Every returned future completes within the request's total time plus scheduling, with an
 * answer or exceptionally with a bare {@link io.github.batonlock.LockStoreException} (not wrapped
 * in a {@code CompletionException}). A lost race is an answer. Methods never throw, never block and
 * may be called by any thread; futures may complete on any thread, the caller's included.
 * Cancelling a future prevents the send of a request that still waits for a thread.
 */
public interface LockStore {

  /**
   * Does one conditional write.
   *
   * @param write what to write, and under which condition
   * @param timeouts how long it may take
   * @return applied or rejected, with the item after or against it
   */
  CompletableFuture<WriteAnswer> write(LockWrite write, Timeouts timeouts);

  /**
   * Reads one item.
   *
   * @param key the item
   * @param consistent whether the read has to see every write answered before it was sent; costs
   *     twice as much
   * @param timeouts how long it may take
   * @return the item under the key
   */
  CompletableFuture<ReadAnswer> read(LockKey key, boolean consistent, Timeouts timeouts);

  /**
   * Does several granting writes, all or none of them.
   *
   * <p>By default there are no transactions. The call is then refused as invalid, as by a table
   * without them.
   *
   * @param grants acquisitions and takeovers, 1 to 100, no two of one item
   * @param timeouts how long it may take
   * @return applied, or rejected with the items that made the conditions fail
   */
  default CompletableFuture<GrantsAnswer> grantAll(List<LockWrite> grants, Timeouts timeouts) {
    return CompletableFuture.failedFuture(
        new LockStoreException(
            LockStoreException.Kind.INVALID_REQUEST, false, "No transactions here", null));
  }

  /**
   * Reads several items as they are at one moment, strongly consistently.
   *
   * @param keys the items, 1 to 100, no two equal
   * @param timeouts how long it may take
   * @return the items, in the order of the keys
   */
  default CompletableFuture<List<StoredItem>> readAll(List<LockKey> keys, Timeouts timeouts) {
    return CompletableFuture.failedFuture(
        new LockStoreException(
            LockStoreException.Kind.INVALID_REQUEST, false, "No transactions here", null));
  }

  /**
   * Reads one page of all items.
   *
   * @param after where the last page ended; null for the first
   * @param timeouts how long it may take
   * @return the page
   */
  CompletableFuture<ItemPage> list(@Nullable PageToken after, Timeouts timeouts);

  /** The place where a page ended. Only a store looks inside. */
  interface PageToken {}
}
