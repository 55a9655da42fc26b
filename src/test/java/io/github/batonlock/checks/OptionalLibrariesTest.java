package io.github.batonlock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A program without the optional libraries starts, and locks. */
class OptionalLibrariesTest {
  private static final int SECONDS = 60;

  @Test
  void program_withoutOptionalLibraries_acquiresAndReleases()
      throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                bareClassPath(),
                BareConsumer.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(program.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).contains("acquired k", "released k");
      assertThat(program.exitValue()).as(said).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  private static String bareClassPath() {
    List<String> all =
        Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator));
    List<String> bare = all.stream().filter(OptionalLibrariesTest::isNeeded).toList();
    assertThat(all.size() - bare.size())
        .as("optional libraries on the class path")
        .isGreaterThanOrEqualTo(BareConsumer.OPTIONAL.size());
    return bare.stream().collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isNeeded(String entry) {
    String file = Path.of(entry).getFileName().toString();
    return BareConsumer.OPTIONAL.keySet().stream().noneMatch(file::startsWith);
  }
}
