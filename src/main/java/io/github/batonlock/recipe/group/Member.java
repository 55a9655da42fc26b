package io.github.batonlock.recipe.group;

import io.github.batonlock.internal.config.Bound;
import java.util.Objects;

/**
 * A member of a {@link Group}, as the group's list names it.
 *
 * @param id the id that it joined with
 * @param term the fencing token of its membership: a member that comes back has a higher one
 */
public record Member(String id, long term) implements Comparable<Member> {
  /**
   * Creates a member.
   *
   * @param id the id that it joined with
   * @param term the fencing token of its membership
   * @throws IllegalArgumentException if the id is empty or longer than 255 characters
   */
  public Member {
    Objects.requireNonNull(id, "id");
    int most = Bound.MEMBER_ID_CHARACTERS.defaultValue();
    if (id.isEmpty() || id.length() > most) {
      throw new IllegalArgumentException(
          "A member's id has 1 to " + most + " characters, not " + id.length());
    }
  }

  /** Compares by id, then by term. */
  @Override
  public int compareTo(Member other) {
    int byId = id.compareTo(other.id);
    return byId == 0 ? Long.compare(term, other.term) : byId;
  }

  @Override
  public String toString() {
    return id + "#" + term;
  }
}
