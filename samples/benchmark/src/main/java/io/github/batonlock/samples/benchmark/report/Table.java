package io.github.batonlock.samples.benchmark.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A table of the report: a heading, rows, everything text; the first column is left-aligned. */
public final class Table {
  private final List<String> heading;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... heading) {
    this.heading = List.of(heading);
  }

  /** Adds a row. */
  public Table row(String... cells) {
    if (cells.length != heading.size()) {
      throw new IllegalArgumentException(
          "A row of " + cells.length + " cells in a table of " + heading.size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  /** As Markdown. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, heading);
    List<String> rule = new ArrayList<>(Collections.nCopies(heading.size(), "---:"));
    rule.set(0, "---");
    text.append("|").append(String.join("|", rule)).append("|\n");
    rows.forEach(row -> line(text, row));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
