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
  private static final String BEGIN = "<!-- performance:begin -->";
  private static final String END = "<!-- performance:end -->";

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
      publishRatios(project.resolve("README.md"));
    }
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

  private void publishRatios(Path readme) throws IOException {
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IOException(readme + " has no lines '" + BEGIN + "' and '" + END + "'");
    }
    String generated =
        BEGIN
            + "\n\n"
            + ratios()
            + "\nThe figures behind these ratios, and how they were measured:"
            + " [docs/performance.md](docs/performance.md).\n\n";
    Files.writeString(readme, text.substring(0, begin) + generated + text.substring(end));
  }
}
