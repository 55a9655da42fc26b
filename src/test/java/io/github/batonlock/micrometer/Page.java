package io.github.batonlock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page of metrics, traces and alerts. */
final class Page {
  static final Path DASHBOARD = Path.of("docs/observability/dashboard.json");

  private static final Pattern RULE =
      Pattern.compile(
          "- alert: (\\w+)\n +expr: (?:>-\n)?(.*?)\n +for: (\\d+)([sm])\n", Pattern.DOTALL);

  private Page() {}

  /**
   * A rule.
   *
   * @param expression its condition
   * @param lasting how long the condition has to last
   */
  record Alert(String expression, Duration lasting) {
    /** Whether the condition is met at the second scrape. */
    boolean isMet(Scrape first, Scrape last) {
      return !PromQl.evaluate(expression, first, last).isEmpty();
    }
  }

  static String text() {
    return read(Path.of("docs/observability.md"));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines of a table, between a mark and the end. */
  static List<String> table(String mark) {
    String text = text();
    String begin = "<!-- " + mark + " -->\n";
    assertThat(text).contains(begin);
    int from = text.indexOf(begin) + begin.length();
    return text.substring(from, text.indexOf("<!-- end -->", from)).lines().toList();
  }

  /** The rules by name, in the order of the page. */
  static Map<String, Alert> alerts() {
    Map<String, Alert> alerts = new LinkedHashMap<>();
    Matcher rules = RULE.matcher(text());
    while (rules.find()) {
      long time = Long.parseLong(rules.group(3));
      alerts.put(
          rules.group(1),
          new Alert(
              rules.group(2).replaceAll("\\s+", " ").strip(),
              rules.group(4).equals("m") ? Duration.ofMinutes(time) : Duration.ofSeconds(time)));
    }
    return alerts;
  }

  static Alert alert(String name) {
    Alert alert = alerts().get(name);
    assertThat(alert).as(name).isNotNull();
    return alert;
  }
}
