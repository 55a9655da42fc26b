package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands that the documentation shows name profiles, properties and tests that exist. */
class DocumentedCommandsTest {
  private static final Path POM = Path.of("pom.xml");
  private static final Pattern COMMAND = Pattern.compile("(?m)(?:`|^ *|&& |: )(mvn [^`\n#|]+)");
  private static final Pattern PROFILE = Pattern.compile(" -P(\\w+)");
  private static final Pattern PROPERTY = Pattern.compile(" -D(baton\\.[\\w.]+)");
  private static final Pattern UNIT = Pattern.compile("\\.(?:minutes|seconds)$");
  private static final Pattern SAMPLE = Pattern.compile(" -Drun=([\\w-]+)");
  private static final Pattern TEST = Pattern.compile(" -D(?:it\\.)?test='?([\\w*]+)");

  private static final String SOURCES =
      Stream.concat(files("src/test/java", ".java"), files("samples", ".java"))
          .map(Sources::read)
          .collect(Collectors.joining());

  static List<String> commands() {
    Stream<Path> top = Stream.of("README.md", "CONTRIBUTING.md", "SECURITY.md").map(Path::of);
    return Stream.of(top, files("docs", ".md"), files("samples", ".md"), files(".github", ".yml"))
        .flatMap(pages -> pages)
        .flatMap(page -> COMMAND.matcher(Sources.read(page)).results())
        .map(found -> found.group(1).strip())
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_ofTheDocumentation_namesWhatThereIs(String command) {
    String pom = Sources.read(POM);
    assertThat(found(PROFILE, command)).allMatch(name -> pom.contains("<id>" + name + "</id>"));
    assertThat(found(SAMPLE, command))
        .allMatch(name -> Files.isDirectory(Path.of("samples", name)));
    assertThat(found(TEST, command)).allMatch(DocumentedCommandsTest::isTest);
    assertThat(found(PROPERTY, command))
        .allMatch(name -> isRead(name) || isRead(UNIT.matcher(name).replaceAll("")));
  }

  @Test
  void commands_ofTheDocumentation_areFound() {
    assertThat(commands())
        .contains("mvn -B -ntp verify", "mvn -B -ntp -DskipTests install")
        .hasSizeGreaterThan(15);
  }

  /** What the README says of installing: the plugin that runs them asks for another property. */
  @Test
  void skipTests_ofTheCommandLine_skipsIntegrationTestsToo() {
    assertThat(Sources.read(POM)).contains("<skipITs>${skipTests}</skipITs>");
  }

  private static List<String> found(Pattern pattern, String command) {
    return pattern.matcher(command).results().map(each -> each.group(1)).toList();
  }

  private static boolean isRead(String property) {
    return SOURCES.contains('"' + property + '"');
  }

  private static boolean isTest(String name) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:**/" + name + ".java");
    return files("src/test/java", ".java").anyMatch(matcher::matches);
  }

  private static Stream<Path> files(String root, String suffix) {
    return Sources.files(Path.of(root), suffix).stream();
  }
}
