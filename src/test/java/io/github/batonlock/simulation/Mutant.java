package io.github.batonlock.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A known mistake, made on purpose: some lines of some sources, replaced.
 *
 * @param kind the stories in which it shows
 * @param mistake what is wrong, as a clause
 * @param edits where and how
 */
record Mutant(Story.Kind kind, String mistake, List<Edit> edits) {

  /** One place in one source. */
  record Edit(String file, String before, String after) {}

  static Mutant of(String mistake) {
    return of(Story.Kind.LOCKS, mistake);
  }

  /** A mistake that shows in stories of this kind. */
  static Mutant of(Story.Kind kind, String mistake) {
    return new Mutant(kind, mistake, List.of());
  }

  /** The same, with one more edit: {@code before} stands exactly once in the file. */
  Mutant edit(String file, String before, String after) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(file, before, after));
    return new Mutant(kind, mistake, List.copyOf(more));
  }

  @Override
  public String toString() {
    return mistake;
  }
}
