package io.github.batonlock.recipe;

import java.util.List;

/**
 * A change of a {@link Group}, as one observer saw it. One that looked away for a while, or was cut
 * off, sees several changes as one.
 *
 * @param members all members now, by id
 * @param joined who is new
 * @param left who has left by its own wish, or is taken to have: the list names the last 256
 *     failures, and fewer where members need the room
 * @param failed who was found dead, or has lost its membership
 */
public record GroupChange(
    List<Member> members, List<Member> joined, List<Member> left, List<Member> failed) {

  /**
   * A change; the lists are copied.
   *
   * @param members all members now, by id
   * @param joined who is new
   * @param left who has left by its own wish
   * @param failed who was found dead, or has lost its membership
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
