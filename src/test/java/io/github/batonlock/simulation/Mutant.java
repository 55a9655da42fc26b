package io.github.batonlock.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * A known mistake, made on purpose: some lines of some sources, replaced.
 *
 * @param mistake what is wrong, as a clause
 * @param edits where and how
 */
record Mutant(String mistake, List<Edit> edits) {

  /** One place in one source. */
  record Edit(String file, String before, String after) {}

  static Mutant of(String mistake) {
    return new Mutant(mistake, List.of());
  }

  /** The same, with one more edit: {@code before} stands exactly once in the file. */
  Mutant edit(String file, String before, String after) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(file, before, after));
    return new Mutant(mistake, List.copyOf(more));
  }

  @Override
  public String toString() {
    return mistake;
  }
}
