package io.github.batonlock.recipe.group;

import java.util.List;

/**
 * A change of a {@link Group}, as one observer saw it. An observer that did not read for a while,
 * or was cut off, sees several changes as one.
 *
 * @param members all members now, by id
 * @param joined the new members
 * @param left the members that left of their own accord, or are assumed to have: the list names the
 *     last 256 failures, and fewer if members need the room
 * @param failed the members that were found dead, or lost their membership
 */
public record GroupChange(
    List<Member> members, List<Member> joined, List<Member> left, List<Member> failed) {

  /**
   * Creates a change; the lists are copied.
   *
   * @param members all members now, by id
   * @param joined the new members
   * @param left the members that left of their own accord
   * @param failed the members that were found dead, or lost their membership
   */
  public GroupChange {
    members = List.copyOf(members);
    joined = List.copyOf(joined);
    left = List.copyOf(left);
    failed = List.copyOf(failed);
  }

  boolean isEmpty() {
    return joined.isEmpty() && left.isEmpty() && failed.isEmpty();
  }
}
