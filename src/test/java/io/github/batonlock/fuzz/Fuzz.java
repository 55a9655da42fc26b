package io.github.batonlock.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * One kind of check on many random rows: counts them, shows the smallest part of a row that fails,
 * and writes what it did to {@code target/fuzz/report.md}.
 *
 * <p>Every run checks the same rows, those of seed 1; {@code -Dbaton.fuzz.seed=N} gives others, and
 * {@code -Dbaton.fuzz.first=N} begins at the row that a failure names.
 */
final class Fuzz {
  private static final Path FOLDER = Path.of("target", "fuzz");

  private final String name;
  private final long seed = Long.getLong("baton.fuzz.seed", 1);
  private final Map<String, Long> counts = new TreeMap<>();
  private long rows;

  Fuzz(String name) {
    this.name = name;
  }

  /** How many rows: by a system property, or the few of every build. */
  static long rows(String property, long byDefault) {
    return Long.getLong("baton.fuzz." + property, byDefault);
  }

  long seed() {
    return seed;
  }

  void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Checks rows of the numbers from the first on. */
  void check(long many, Consumer<Map<String, AttributeValue>> check) {
    long first = Long.getLong("baton.fuzz.first", 0);
    for (long number = first; number < first + many; number++) {
      Map<String, AttributeValue> row = FuzzedRows.of(seed, number).next();
      try {
        check.accept(row);
      } catch (Throwable e) {
        throw new AssertionError(
            "-Dbaton.fuzz.seed=%d -Dbaton.fuzz.first=%d: %s fails on the row%n%s%nand already on%n%s"
                .formatted(seed, number, name, row, smallest(row, check)),
            e);
      }
      rows++;
    }
    report();
  }

  /** Leaves out what the check fails without. */
  private static Map<String, AttributeValue> smallest(
      Map<String, AttributeValue> row, Consumer<Map<String, AttributeValue>> check) {
    Map<String, AttributeValue> smallest = new HashMap<>(row);
    for (String attribute : new TreeSet<>(row.keySet())) {
      Map<String, AttributeValue> less = new HashMap<>(smallest);
      less.remove(attribute);
      if (!less.isEmpty() && fails(less, check)) {
        smallest = less;
      }
    }
    return smallest;
  }

  private static boolean fails(
      Map<String, AttributeValue> row, Consumer<Map<String, AttributeValue>> check) {
    try {
      check.accept(row);
      return false;
    } catch (Throwable e) {
      return true;
    }
  }

  /** A section per check, replaced by its next run. */
  private void report() {
    StringBuilder section =
        new StringBuilder("## " + name + "\n\n| rows | " + rows + " |\n|---|---|");
    section.append("\n| seed | ").append(seed).append(" |");
    counts.forEach((what, count) -> section.append("\n| " + what + " | " + count + " |"));
    try {
      Files.createDirectories(FOLDER);
      Path report = FOLDER.resolve("report.md");
      StringBuilder all = new StringBuilder();
      if (Files.exists(report)) {
        for (String old : Files.readString(report).split("(?m)^(?=## )", -1)) {
          all.append(old.startsWith("## " + name + "\n") ? "" : old);
        }
      }
      Files.writeString(report, all.append(section).append("\n\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
