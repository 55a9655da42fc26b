package io.github.batonlock.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The lock protocol as a model (docs/spec), checked by TLC: the protocol as it is keeps its
 * promises, and without any one of its rules it breaks the one that is named.
 *
 * <p>Runs in the Maven profile {@code spec} only, hence its name; with {@code
 * -Dbaton.spec.quick=true} without the long configurations. Writes {@code target/spec/report.md}.
 */
@Execution(ExecutionMode.CONCURRENT)
class SpecificationCheck {
  private static final Path REPORT = Path.of("target", "spec", "report.md");

  private static final Map<String, String> results = new ConcurrentSkipListMap<>();

  static List<Configuration> configurations() {
    boolean quick = Boolean.getBoolean("baton.spec.quick");
    return Configuration.all().stream()
        .filter(configuration -> configuration.quick() || !quick)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void configuration_checkedByTlc_endsAsItSays(Configuration configuration) throws Exception {
    Tlc.Result result = Tlc.check(configuration);

    results.put(configuration.name(), result.row(configuration));
    assertThat(result.outcome())
        .as("%s: %s%n%s", configuration.name(), configuration.title(), result.tail())
        .isEqualTo(configuration.expected());
  }

  @AfterAll
  static void report() throws Exception {
    Files.createDirectories(REPORT.getParent());
    Files.write(
        REPORT, Stream.concat(Tlc.Result.HEAD.stream(), results.values().stream()).toList());
  }
}
