package io.github.batonlock.internal.store;

import io.github.batonlock.LockKey;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The factory of conditions for users' own transactions. */
public interface Guards {

  /**
   * The condition that the lock item is still that of one hold.
   *
   * @param key the lock
   * @param fencingToken the token of the hold
   * @return a check of the lock item, and of nothing else
   */
  TransactWriteItem of(LockKey key, long fencingToken);
}
