package io.github.batonlock.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.batonlock.support.TimeLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The lock protocol as models (docs/spec), checked by TLC: the protocol as it is keeps its
 * promises, and without any one of its rules it breaks the one that is named.
 *
 * <p>Runs in the Maven profile {@code spec} only, hence its name; with {@code
 * -Dbaton.spec.quick=true} without the long configurations; {@code -Dbaton.spec.minutes=N} ends it
 * in time, the quick ones first. Writes {@code target/spec/report.md}, which says what did not run.
 */
@Execution(ExecutionMode.CONCURRENT)
class SpecificationCheck {
  private static final Path REPORT = Path.of("target", "spec", "report.md");

  private static final Map<String, String> results = new ConcurrentSkipListMap<>();
  private static final Duration LIMIT = TimeLimit.of("baton.spec", Duration.ofHours(12));
  private static final long BEGAN = System.nanoTime();

  static List<Configuration> configurations() {
    boolean quick = Boolean.getBoolean("baton.spec.quick");
    return Configuration.all().stream()
        .filter(configuration -> configuration.quick() || !quick)
        .sorted(Comparator.comparing(Configuration::quick).reversed())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("configurations")
  @Timeout(value = 40, unit = TimeUnit.MINUTES)
  void configuration_checkedByTlc_endsAsItSays(Configuration configuration) throws Exception {
    Duration left = LIMIT.minusNanos(System.nanoTime() - BEGAN);
    Optional<Tlc.Result> finished =
        left.isNegative() ? Optional.empty() : Tlc.check(configuration, left);
    results.put(
        configuration.name(),
        finished.map(result -> result.row(configuration)).orElse(Tlc.unfinished(configuration)));
    Assumptions.assumeTrue(finished.isPresent(), "the time was up");

    Tlc.Result result = finished.get();
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
