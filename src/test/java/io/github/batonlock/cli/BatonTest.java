package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BatonTest {
  private final ToolFixture tool = new ToolFixture();

  @Test
  void help_asked_isPrintedOnStandardOutput() {
    assertThat(tool.run("--help")).isZero();
    assertThat(tool.out()).startsWith("Usage: baton ");
    assertThat(tool.err()).isEmpty();
  }

  @Test
  void version_asked_isPrinted() {
    assertThat(tool.run("--version")).isZero();
    assertThat(tool.out()).startsWith("baton ");
  }

  @Test
  void line_withoutCommand_isAWrongUse() {
    assertThat(tool.run()).isEqualTo(64);
    assertThat(tool.err()).contains("baton: Missing command", "Try 'baton --help'");
  }

  @Test
  void option_unknown_isAWrongUse() {
    assertThat(tool.run("--no-such-option")).isEqualTo(64);
    assertThat(tool.err()).contains("--no-such-option").doesNotContain("\tat ");
  }
}
