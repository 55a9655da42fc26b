package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of the project, as the build checks read them. */
final class Sources {
  static final Path MAIN = Path.of("src/main/java");
  static final Path TEST = Path.of("src/test/java");

  private Sources() {}

  /** The files below a folder with this ending, in order, without what builds made; never none. */
  static List<Path> files(Path root, String ending) {
    try (Stream<Path> all = Files.walk(root)) {
      List<Path> found =
          all.filter(file -> file.toString().endsWith(ending))
              .filter(file -> !file.toString().contains("target"))
              .sorted()
              .toList();
      assertThat(found).as("files *%s under %s", ending, root).isNotEmpty();
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The whole text of a file. */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
