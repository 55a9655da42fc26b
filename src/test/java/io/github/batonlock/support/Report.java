package io.github.batonlock.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a test has measured, as a page of Markdown under {@code target/reports}; its first line is
 * printed, too.
 */
public final class Report {
  private final Path file;
  private final List<String> lines = new ArrayList<>();

  /** A report of this name. */
  public Report(String name) {
    this.file = Path.of("target", "reports", name + ".md");
  }

  public void line(String line) {
    lines.add(line);
  }

  /** Writes the page, and prints its first line. */
  public void write() {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println(file + ": " + lines.get(0));
  }
}
