package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|");

  @Test
  void page_ofTheTool_namesEachCode() throws IOException {
    String page = Files.readString(Path.of("docs/cli.md"));
    List<Integer> named =
        ROW.matcher(page.substring(page.indexOf("## Exit codes")))
            .results()
            .map(row -> Integer.valueOf(row.group(1)))
            .toList();

    assertThat(named)
        .containsExactlyElementsOf(Arrays.stream(ExitCode.values()).map(ExitCode::code).toList());
  }

  @Test
  void signal_thatEndsAProcess_isAddedTo128() {
    assertThat(ExitCode.ofSignal(Signals.Signal.TERM.number())).isEqualTo(143);
    assertThat(ExitCode.ofSignal(Signals.Signal.INT.number())).isEqualTo(130);
    assertThat(ExitCode.ofSignal(Signals.Signal.HUP.number())).isEqualTo(129);
  }
}
