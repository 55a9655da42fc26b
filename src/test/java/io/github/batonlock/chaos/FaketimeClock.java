package io.github.batonlock.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A wall clock that can be stepped under a running process, by libfaketime. The monotonic clock of
 * the process stays the machine's.
 */
final class FaketimeClock {
  private static final String LIBRARY = "libfaketimeMT.so.1";

  private final Path library;
  private final Path file;
  private long offsetMillis;

  /** A clock that shows the true time, told to processes by this file. */
  FaketimeClock(Path library, Path file) throws IOException {
    this.library = library;
    this.file = file;
    step(0);
  }

  /** The library, where the machine has it (Debian's package is called faketime). */
  static Optional<Path> library() {
    for (Path root : List.of(Path.of("/usr/lib"), Path.of("/usr/lib64"))) {
      if (Files.isReadable(root.resolve("faketime").resolve(LIBRARY))) {
        return Optional.of(root.resolve("faketime").resolve(LIBRARY));
      }
      try (Stream<Path> folders = Files.list(root)) {
        Optional<Path> found =
            folders
                .map(folder -> folder.resolve("faketime").resolve(LIBRARY))
                .filter(Files::isReadable)
                .findFirst();
        if (found.isPresent()) {
          return found;
        }
      } catch (IOException e) {
        // No such folder.
      }
    }
    return Optional.empty();
  }

  /** What makes a process live by this clock. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "FAKETIME_TIMESTAMP_FILE", file.toAbsolutePath().toString(),
        "FAKETIME_NO_CACHE", "1",
        "FAKETIME_DONT_FAKE_MONOTONIC", "1",
        "FAKETIME_FORCE_MONOTONIC_FIX", "0");
  }

  /** Steps it, forward or backward; returns how far it is from the true time. */
  synchronized long step(long millis) throws IOException {
    offsetMillis += millis;
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, String.format(Locale.ROOT, "%+.3f%n", offsetMillis / 1000.0));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return offsetMillis;
  }
}
