package io.github.batonlock.internal.protocol;

/** The state of the item under a lock's key. */
public sealed interface ItemState {

  /** There is no item. */
  record Absent() implements ItemState {}

  /**
   * A lock, free or held.
   *
   * @param item the lock item
   */
  record Lock(LockItem item) implements ItemState {}

  /**
   * An item that no lock client wrote. It must never be overwritten.
   *
   * @param attribute the attribute at fault
   * @param problem what is wrong with it, as a clause: {@code is missing}
   */
  record NotALock(String attribute, String problem) implements ItemState {}

  /** The answer does not show the item: there may be any item, or none. */
  record Unknown() implements ItemState {}

  /** The only instance of an absent item. */
  ItemState ABSENT = new Absent();

  /** The only instance of an unknown item. */
  ItemState UNKNOWN = new Unknown();
}
