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
}
