package io.github.batonlock.recipe.group;

/**
 * A group's list as it was at one time.
 *
 * @param token the fencing token of the list's lock at that time: grows from change to change
 * @param list the list
 */
record VersionedMemberList(long token, MemberList list) {
  /** What there is without an item. */
  static final VersionedMemberList NONE = new VersionedMemberList(Long.MIN_VALUE, MemberList.EMPTY);

  /**
   * Returns whether this list was written before another one; a later read may return an older
   * list.
   */
  boolean isOlderThan(VersionedMemberList other) {
    return token < other.token || (token == other.token && list.changes() < other.list.changes());
  }
}
