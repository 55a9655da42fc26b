package io.github.batonlock.internal.store;

import io.github.batonlock.internal.protocol.ItemState;

/**
 * The content of a key in the table.
 *
 * @param state its meaning for the protocol
 * @param attributes the user's attributes
 */
public record StoredItem(ItemState state, UserAttributes attributes) {

  /** No item. */
  public static final StoredItem ABSENT = new StoredItem(ItemState.ABSENT, UserAttributes.NONE);

  /** The answer does not show the item: there may be one or none. */
  public static final StoredItem UNKNOWN = new StoredItem(ItemState.UNKNOWN, UserAttributes.NONE);

  /** The state of an item with a token to which no grant can add one. */
  public static final ItemState.NotALock TOKEN_CANNOT_GROW =
      new ItemState.NotALock(
          LockAttributes.FENCING_TOKEN,
          "is not between 0 and " + (LockAttributes.GROWING_TOKEN_LIMIT - 1));

  /**
   * Whether the answer shows the item, or that there is none.
   *
   * @return false for {@link #UNKNOWN} only
   */
  public boolean isKnown() {
    return !(state instanceof ItemState.Unknown);
  }

  /**
   * The item as a client that wants the lock has to treat it. An item with a token that cannot grow
   * is not a lock, even while another client holds it.
   *
   * @return this item, or what is wrong with it
   */
  public StoredItem forGrant() {
    boolean canGrow =
        !(state instanceof ItemState.Lock lock)
            || lock.item().fencingToken().orElse(0) < LockAttributes.GROWING_TOKEN_LIMIT;
    return canGrow ? this : new StoredItem(TOKEN_CANNOT_GROW, attributes);
  }

  /**
   * Whether this is the lock item that a given write left.
   *
   * @param version the version of the write
   * @return false for another version, and for an item that is not a lock
   */
  public boolean hasVersion(String version) {
    return state instanceof ItemState.Lock lock && lock.item().version().equals(version);
  }
}
