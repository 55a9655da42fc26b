package io.github.batonlock.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One configuration of the model, and what its first lines say about it.
 *
 * @param file what TLC reads
 * @param title what is checked
 * @param expected "holds", or "violates" and the promise that is broken
 * @param quick whether it takes seconds
 * @param text the whole file
 */
record Configuration(Path file, String title, String expected, boolean quick, String text) {
  static final Path SPEC = Path.of("docs", "spec");
  static final Path PROTOCOL = SPEC.resolve("LockProtocol.tla");
  static final Path CHECKS = SPEC.resolve("LockChecks.tla");
  static final Path FIRST_SIGHT = SPEC.resolve("FirstSight.tla");

  private static final Pattern HEAD =
      Pattern.compile(
          "\\\\\\* (?<title>.+)\\R"
              + "\\\\\\* Expect: (?<expected>holds|violates \\w+)\\R"
              + "\\\\\\* Quick: (?<quick>yes|no)\\R");
  private static final Pattern CONSTANT = Pattern.compile("(?m)^ {2}(\\w+) = (.+)$");
  private static final Pattern BROKEN = Pattern.compile("\"([^\"]+)\" \\\\in Broken");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  static List<Configuration> all() {
    Path folder = SPEC.resolve("config");
    try (Stream<Path> files = Files.list(folder)) {
      List<Configuration> found = files.sorted().map(Configuration::read).toList();
      assertThat(found).as("configurations in " + folder).isNotEmpty();
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Configuration read(Path file) {
    try {
      String text = Files.readString(file);
      Matcher head = HEAD.matcher(text);
      assertThat(head.lookingAt()).as("the first three lines of " + file).isTrue();
      return new Configuration(
          file,
          head.group("title"),
          head.group("expected"),
          head.group("quick").equals("yes"),
          text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return file.getFileName().toString().replace(".cfg", "");
  }

  /** The module that TLC reads with it. */
  Path module() {
    return name().startsWith("sight-") ? FIRST_SIGHT : CHECKS;
  }

  /** The rules it leaves out. */
  Set<String> broken() {
    return text.lines()
        .filter(line -> line.startsWith("  Broken = "))
        .flatMap(line -> QUOTED.matcher(line).results())
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The rules that a module can leave out. */
  static Set<String> brokenIn(Path module) throws IOException {
    return BROKEN
        .matcher(Files.readString(module))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Its sizes, those that are none left out. */
  String constants() {
    return CONSTANT
        .matcher(text)
        .results()
        .filter(constant -> !constant.group(1).equals(constant.group(2)))
        .filter(constant -> !Set.of("0", "{}", "FALSE").contains(constant.group(2)))
        .map(constant -> constant.group(1) + " " + constant.group(2))
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name();
  }
}
