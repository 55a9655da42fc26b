package io.github.batonlock.samples.benchmark.report;

import java.util.ArrayList;
import java.util.List;

/** What one measure has to say: text and tables, plots, and the ratios that sum it up. */
public final class Section {
  private final String title;
  private final StringBuilder body = new StringBuilder();
  private final List<Bars> plots = new ArrayList<>();
  private final List<Ratio> ratios = new ArrayList<>();

  public Section(String title) {
    this.title = title;
  }

  /** Adds a paragraph. */
  public Section text(String paragraph) {
    body.append(paragraph.strip()).append("\n\n");
    return this;
  }

  /** Adds a table. */
  public Section table(Table table) {
    body.append(table).append("\n");
    return this;
  }

  /** Adds a plot. */
  public Section plot(Bars bars) {
    body.append("![%s](performance/%s.svg)\n\n".formatted(bars.title(), bars.name()));
    plots.add(bars);
    return this;
  }

  /** Adds a ratio to the summary. */
  public Section ratio(Ratio ratio) {
    ratios.add(ratio);
    return this;
  }

  public List<Bars> plots() {
    return plots;
  }

  public List<Ratio> ratios() {
    return ratios;
  }

  /** As Markdown. */
  @Override
  public String toString() {
    return "## " + title + "\n\n" + body;
  }
}
