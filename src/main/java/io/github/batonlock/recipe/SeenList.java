package io.github.batonlock.recipe;

/**
 * A group's list as it once was.
 *
 * @param token the fencing token of the list's lock then: grows from change to change
 * @param list the list
 */
record SeenList(long token, MemberList list) {

  /** Whether this one was written before another; reads may show an older one later. */
  boolean isOlderThan(SeenList other) {
    return token < other.token || (token == other.token && list.changes() < other.list.changes());
  }
}
