package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java examples of the pages are those that are compiled. */
class ExamplesTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final Pattern REGION =
      Pattern.compile("^ *// example\n(.*?)^ *// end$", Pattern.DOTALL | Pattern.MULTILINE);

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(
              Stream.of(Path.of("README.md")),
              docs.filter(page -> page.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void examples_ofAPage_areCompiled(Path page) throws IOException {
    assertThat(texts(BLOCK, Files.readString(page))).isSubsetOf(compiled());
  }

  private static List<String> compiled() throws IOException {
    Path source = Path.of("src/test/java/io/github/batonlock/checks/Examples.java");
    List<String> compiled = new ArrayList<>(texts(REGION, Files.readString(source)));
    assertThat(compiled).hasSizeGreaterThan(3);
    // What needs a library that the build of Baton has not.
    for (Path sample : Sources.files(Path.of("samples/adapters"), ".java")) {
      compiled.addAll(texts(REGION, Files.readString(sample)));
    }
    return compiled;
  }

  /** Every line counts, but not how far all of them are indented. */
  private static List<String> texts(Pattern pattern, String page) {
    return pattern
        .matcher(page)
        .results()
        .map(found -> found.group(1).stripTrailing().stripIndent())
        .collect(Collectors.toList());
  }
}
