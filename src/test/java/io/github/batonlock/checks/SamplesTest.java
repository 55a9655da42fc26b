package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each sample is in the table of samples, and runs as often as the table says. */
class SamplesTest {
  private static final Pattern MODULE = Pattern.compile("<module>([\\w-]+)</module>");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| \\[([\\w-]+)]\\(#([\\w-]+)\\) \\|.*\\| ([^|]+) \\|$");
  private static final Pattern HEADING = Pattern.compile("(?m)^## (.+)$");
  private static final Pattern RUN = Pattern.compile(" -Drun=([\\w-]+) ");

  private static final String PAGE = Sources.read(Path.of("samples", "README.md"));

  /** Code that samples share. */
  private static final String SHARED = "common";

  private static Map<String, String> table() {
    return ROW.matcher(PAGE)
        .results()
        .collect(
            Collectors.toMap(row -> row.group(1), row -> row.group(3), (a, b) -> a, TreeMap::new));
  }

  private static Set<String> runBy(String file) {
    return RUN.matcher(Sources.read(Path.of(file)))
        .results()
        .map(run -> run.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> saying(String when) {
    Set<String> samples = new TreeSet<>();
    table()
        .forEach((sample, says) -> samples.addAll(says.contains(when) ? Set.of(sample) : Set.of()));
    return samples;
  }

  @Test
  void table_ofSamples_namesEachModule() {
    Set<String> modules =
        MODULE
            .matcher(Sources.read(Path.of("samples", "pom.xml")))
            .results()
            .map(module -> module.group(1))
            .filter(module -> !module.equals(SHARED))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(table().keySet()).isEqualTo(modules);
  }

  @Test
  void samples_runWithEachChange_areInTheScript() {
    assertThat(saying("with each change")).isEqualTo(runBy(".ci/run"));
  }

  @Test
  void samples_runWeekly_areInTheWorkflow() {
    assertThat(saying("weekly")).isEqualTo(runBy(".github/workflows/long.yml"));
  }

  @Test
  void links_ofTheTable_leadToSections() {
    List<String> anchors =
        HEADING
            .matcher(PAGE)
            .results()
            .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
            .map(heading -> heading.replaceAll("[^a-z0-9 -]", "").replace(' ', '-'))
            .toList();

    assertThat(ROW.matcher(PAGE).results().map((MatchResult row) -> row.group(2)))
        .isNotEmpty()
        .allMatch(anchors::contains);
  }
}
