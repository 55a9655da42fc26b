package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a machine can check of the state of the sources. */
class TidyTest {
  private static final int MAX_COLUMNS = 120;

  // In parts, so that this file passes its own checks.
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern SLEEP =
      Pattern.compile("Thread\\s*\\.\\s*sl" + "eep|TimeUnit\\.\\w+\\.sl" + "eep");

  private record Line(Path file, int number, String text) {
    @Override
    public String toString() {
      return file + ":" + number + ": " + text.strip();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/main/java", "src/test/java", "samples"})
  void lines_areNotTooLong(Path root) {
    assertThat(lines(root, line -> line.codePointCount(0, line.length()) > MAX_COLUMNS)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/main/java", "src/test/java", "samples"})
  void code_isFinished(Path root) {
    assertThat(lines(root, UNFINISHED.asPredicate())).isEmpty();
  }

  @Test
  void tests_neverSleep() {
    assertThat(lines(Sources.TEST, SLEEP.asPredicate())).isEmpty();
  }

  /** What clients on virtual time keep in the end is looked at, whatever a test is about. */
  @Test
  void worlds_ofAllTests_areLookedThroughAtTheirEnd() {
    Pattern made = Pattern.compile(" new World\\(\\)");
    List<Path> forgotten = new ArrayList<>();
    for (Path file : javaFiles(Sources.TEST)) {
      boolean isLookedAt = String.join("\n", read(file)).contains(".assertNothingIsLeft()");
      boolean hasOwn =
          read(file).stream()
              .anyMatch(line -> made.matcher(line).find() && !line.contains("@RegisterExtension"));
      if (hasOwn && !isLookedAt) {
        forgotten.add(file);
      }
    }
    assertThat(forgotten).isEmpty();
  }

  @Test
  void packages_areNullMarked() {
    List<Path> folders = javaFiles(Sources.MAIN).stream().map(Path::getParent).distinct().toList();
    List<Path> unmarked = new ArrayList<>();
    for (Path folder : folders) {
      Path info = folder.resolve("package-info.java");
      boolean isModuleRoot = Files.exists(folder.resolve("module-info.java"));
      if (!isModuleRoot && !(Files.exists(info) && read(info).contains("@NullMarked"))) {
        unmarked.add(folder);
      }
    }
    assertThat(unmarked).isEmpty();
    assertThat(folders).hasSizeGreaterThan(4);
  }

  /** The name of a test says what, when and what then. */
  @Test
  void testNames_haveSubjectConditionAndExpectation() {
    List<Line> names = new ArrayList<>();
    for (Path file : javaFiles(Sources.TEST)) {
      List<String> lines = read(file);
      for (int i = 1; i < lines.size(); i++) {
        boolean follows = lines.get(i - 1).matches(" {2}@(Test|Timeout.*|SuppressWarnings.*)");
        if (follows && lines.get(i).matches(" {2}void [a-zA-Z0-9]+\\(.*")) {
          names.add(new Line(file, i + 1, lines.get(i)));
        }
      }
    }
    assertThat(names).isEmpty();
  }

  private static List<Line> lines(Path root, Predicate<String> wanted) {
    List<Line> found = new ArrayList<>();
    for (Path file : javaFiles(root)) {
      List<String> lines = read(file);
      for (int i = 0; i < lines.size(); i++) {
        if (wanted.test(lines.get(i))) {
          found.add(new Line(file, i + 1, lines.get(i)));
        }
      }
    }
    return found;
  }

  private static List<Path> javaFiles(Path root) {
    return Sources.files(root, ".java");
  }

  private static List<String> read(Path file) {
    return Sources.read(file).lines().toList();
  }
}
