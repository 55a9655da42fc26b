package io.github.batonlock.internal.protocol;

/** What stands under a lock's key. */
public sealed interface ItemState {

  /** Nothing. */
  record Absent() implements ItemState {}

  /**
   * A lock, free or held.
   *
   * @param item what it says
   */
  record Lock(LockItem item) implements ItemState {}

  /**
   * Something that no lock client wrote; never to be overwritten.
   *
   * @param attribute the attribute at fault
   * @param problem what is wrong with it, as a clause: {@code is missing}
   */
  record NotALock(String attribute, String problem) implements ItemState {}

  /** What an answer does not say: it may be anything, or nothing. */
  record Unknown() implements ItemState {}

  /** Nothing, once. */
  ItemState ABSENT = new Absent();

  /** What is not known, once. */
  ItemState UNKNOWN = new Unknown();
}
