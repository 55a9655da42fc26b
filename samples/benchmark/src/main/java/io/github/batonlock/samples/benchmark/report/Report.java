package io.github.batonlock.samples.benchmark.report;

import io.github.batonlock.samples.benchmark.Scale;
import io.github.batonlock.samples.benchmark.dynamo.Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All that was measured, as one document with its plots. */
public final class Report {
  private static final String TEMPLATE = "performance.md";

  /** What README.md shows, between its two marks. */
  private static final List<String> HEADLINES =
      List.of(
          "acquire and release, uncontended, table 5 ms away, p50 | awslabs",
          "hand-off gap, 8 in processes of their own, p50 | awslabs at Baton's request rate",
          "takeover, time beyond the lease, p50 | awslabs");

  private static final String BEGIN = "<!-- measured: written by the benchmark -->\n";
  private static final String END = "<!-- end of measured -->";

  private final Scale scale;
  private final Store store;
  private final boolean isLocal;
  private final List<Section> sections = new ArrayList<>();

  /** Starts a report on a store; whether that is the benchmark's own DynamoDB Local. */
  public Report(Scale scale, Store store, boolean isLocal) {
    this.scale = scale;
    this.store = store;
    this.isLocal = isLocal;
  }

  /** Adds what a measure found. */
  public void add(Section section) {
    sections.add(section);
  }

  /** Writes the report below the module's target folder and, if asked for, into the documents. */
  public void write(Path module, boolean publish) throws IOException {
    Path report = module.resolve("target/report");
    writeInto(report);
    System.out.println(ratios());
    System.out.println(report.resolve(TEMPLATE));
    if (publish) {
      Path project = module.getParent().getParent();
      writeInto(project.resolve("docs"));
      writeHeadlines(project.resolve("README.md"));
    }
  }

  private void writeHeadlines(Path readme) throws IOException {
    String page = Files.readString(readme);
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalStateException(readme + " has no place for the figures: " + BEGIN + END);
    }
    Files.writeString(readme, page.substring(0, begin) + BEGIN + headlines() + page.substring(end));
  }

  private Table headlines() {
    Table table = new Table("Baton", "next to", "measured");
    for (String headline : HEADLINES) {
      Ratio ratio =
          sections.stream()
              .flatMap(section -> section.ratios().stream())
              .filter(each -> (each.what() + " | " + each.against()).equals(headline))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("not measured: " + headline));
      table.row(ratio.what(), ratio.against(), ratio.shown());
    }
    return table;
  }

  private void writeInto(Path folder) throws IOException {
    Path plots = folder.resolve("performance");
    Files.createDirectories(plots);
    for (Section section : sections) {
      for (Bars bars : section.plots()) {
        Files.writeString(plots.resolve(bars.name() + ".svg"), bars.toSvg());
      }
    }
    Files.writeString(folder.resolve(TEMPLATE), document());
  }

  private String document() throws IOException {
    try (InputStream template = Report.class.getResourceAsStream("/" + TEMPLATE)) {
      return new String(template.readAllBytes(), StandardCharsets.UTF_8)
          .replace("{{date}}", LocalDate.now(ZoneOffset.UTC).toString())
          .replace("{{scale}}", scale.name().toLowerCase(Locale.ROOT))
          .replace("{{machine}}", Machine.describe())
          .replace("{{store}}", isLocal ? "a DynamoDB Local of its own" : store.describe())
          .replace("{{ratios}}", ratios().toString())
          .replace(
              "{{sections}}",
              sections.stream().map(Section::toString).collect(Collectors.joining()).strip());
    }
  }

  private Table ratios() {
    Table table = new Table("Baton", "next to", "measured", "goal");
    for (Section section : sections) {
      for (Ratio ratio : section.ratios()) {
        table.row(
            ratio.what(),
            ratio.against(),
            ratio.shown(),
            ratio.goal() + (ratio.met() ? "" : " (missed)"));
      }
    }
    return table;
  }
}
