package io.github.batonlock.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of the seeds whose schedules show the known mistakes, one line each. The whole search
 * writes it; every build looks only where it points.
 */
final class MutantSeeds {
  /** Where it is checked in. */
  static final Path FILE = Path.of("src", "test", "resources", "mutant-seeds.txt");

  private static final String SEPARATOR = " | ";
  private static final List<String> HEAD =
      List.of(
          "# Where the simulation finds each known mistake: stories, seed, checker, mistake.",
          "# Written by the whole search: mvn -B -ntp -Pmutants verify");

  /**
   * Show in one schedule of many thousands: the whole search looks for them, the build does not. A
   * unit test notices each: {@code GoneCallersTest}.
   */
  private static final Set<String> RARE =
      Set.of("a permit that comes for a user who has gone is kept");

  private final Map<String, Found> rows = new LinkedHashMap<>();

  /**
   * Where a mistake shows.
   *
   * @param seed of the schedule
   * @param checker that notices it
   */
  record Found(long seed, String checker) {}

  /** Reads the table. */
  static MutantSeeds read() {
    try {
      return parse(Files.readAllLines(FILE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the lines of a table. */
  static MutantSeeds parse(List<String> lines) {
    MutantSeeds seeds = new MutantSeeds();
    for (String line : lines) {
      if (!line.startsWith("#")) {
        String[] cells = line.split(" \\| ", 4);
        if (cells.length != 4) {
          throw new IllegalArgumentException("not a row of " + FILE + ": " + line);
        }
        seeds.rows.put(
            cells[0] + SEPARATOR + cells[3], new Found(Long.parseLong(cells[1]), cells[2]));
      }
    }
    return seeds;
  }

  private static String key(Mutant mutant) {
    return mutant.kind() + SEPARATOR + mutant.mistake();
  }

  /** Where a mistake showed when it was searched for; null if it never was found. */
  @Nullable Found of(Mutant mutant) {
    return rows.get(key(mutant));
  }

  /** Whether a mistake is too rare for the build to look for, unless it has a seed. */
  boolean isLeftOut(Mutant mutant) {
    return of(mutant) == null && RARE.contains(mutant.mistake());
  }

  void put(Mutant mutant, Found found) {
    rows.put(key(mutant), found);
  }

  /** The lines for these mistakes, in their order; what is none of them any more is left out. */
  List<String> lines(List<Mutant> mutants) {
    List<String> lines = new ArrayList<>(HEAD);
    for (Mutant mutant : mutants) {
      Found found = of(mutant);
      if (found != null) {
        lines.add(
            String.join(
                SEPARATOR,
                mutant.kind().name(),
                Long.toString(found.seed()),
                found.checker(),
                mutant.mistake()));
      }
    }
    return lines;
  }

  /** Writes the table. */
  void write(List<Mutant> mutants) {
    try {
      Files.write(FILE, lines(mutants));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
