package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of docs/operating.md are those of the tool. */
class OperatingPageTest {
  private static final Path PAGE = Path.of("docs/operating.md");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)(?:^|`|\\$ )baton ([a-z]+)([^`\\n]*)");
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]+");

  static List<String> commands() throws IOException {
    return COMMAND
        .matcher(Files.readString(PAGE))
        .results()
        .map(found -> found.group(1) + found.group(2))
        .distinct()
        .toList();
  }

  @Test
  void page_ofTheOperator_hasCommands() throws IOException {
    assertThat(commands()).hasSizeGreaterThan(8);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void command_ofThePage_isOneOfTheTool(String command) {
    ToolFixture tool = new ToolFixture();

    assertThat(tool.run(command.split(" ")[0], "--help")).as(tool.err()).isZero();

    assertThat(OPTION.matcher(command).results().map(option -> option.group()))
        .allMatch(option -> tool.out().contains(option), tool.out());
  }
}
