package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.ItemState;

/**
 * What stands under a key.
 *
 * @param state what it means to the protocol
 * @param attributes the attributes that are the user's
 */
public record StoredItem(ItemState state, UserAttributes attributes) {

  /** No item. */
  public static final StoredItem ABSENT = new StoredItem(ItemState.ABSENT, UserAttributes.NONE);

  /**
   * Whether this is the lock item that a certain write left.
   *
   * @param version the version of the write
   * @return false for another version, and for what is no lock
   */
  public boolean hasVersion(String version) {
    return state instanceof ItemState.Lock lock && lock.item().version().equals(version);
  }
}
