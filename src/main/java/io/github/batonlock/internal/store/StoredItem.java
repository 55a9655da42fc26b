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

  /** The answer does not say: there may be an item or none. */
  public static final StoredItem UNKNOWN = new StoredItem(ItemState.UNKNOWN, UserAttributes.NONE);

  /** A token that no grant can add one to. */
  public static final ItemState.NotALock TOKEN_CANNOT_GROW =
      new ItemState.NotALock(
          LockAttributes.FENCING_TOKEN,
          "is not between 0 and " + (LockAttributes.GROWING_TOKEN_LIMIT - 1));

  /**
   * Whether the answer says what stands there.
   *
   * @return false for {@link #UNKNOWN} only
   */
  public boolean isKnown() {
    return !(state instanceof ItemState.Unknown);
  }

  /**
   * What this is to a client that wants the lock: a lock whose token cannot grow is none, also
   * while another client holds it.
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
   * Whether this is the lock item that a certain write left.
   *
   * @param version the version of the write
   * @return false for another version, and for what is no lock
   */
  public boolean hasVersion(String version) {
    return state instanceof ItemState.Lock lock && lock.item().version().equals(version);
  }
}
