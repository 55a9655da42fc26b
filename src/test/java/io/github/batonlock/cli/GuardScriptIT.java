package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.batonlock.support.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guard's script by itself: in several shells, with Linux's tables and without. */
class GuardScriptIT {
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
  }

  /** Its own: a guard ends all processes with its mark, also those of a test that runs beside. */
  private final String mark = "mark-" + UUID.randomUUID();

  private Process guard(String shell, boolean hasTables) throws IOException {
    assumeTrue(Files.isExecutable(Path.of(shell)), shell);
    String script =
        hasTables ? GuardScript.TEXT : GuardScript.TEXT.replace("/proc/", "/no-such-folder/");
    Process guard =
        new ProcessBuilder(shell, "-c", script, "baton-guard", mark, "10", "0.05", "5")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    started.add(guard);
    return guard;
  }

  private Process stubbornChild() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", "trap '' TERM; echo; while :; do sleep 0.05; done");
    builder.environment().put("BATON_RUN", mark);
    Process child = builder.start();
    started.add(child);
    assertThat(child.getInputStream().read()).isEqualTo('\n');
    return child;
  }

  private static void tell(Process guard, String line) throws IOException {
    guard.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    guard.getOutputStream().flush();
  }

  @ParameterizedTest
  @CsvSource({"/bin/dash, true", "/bin/dash, false", "/bin/bash, true", "/bin/busybox, true"})
  void pipe_thatEnds_endsTheChild(String shell, boolean hasTables) throws Exception {
    Process guard = guard(shell, hasTables);
    Process child = stubbornChild();
    tell(guard, "child " + child.pid());
    tell(guard, "until - 6000 6000");
    assertThat(guard.getInputStream().readNBytes(4))
        .isEqualTo(".\n.\n".getBytes(StandardCharsets.US_ASCII));

    guard.getOutputStream().close();

    Eventually.until("the child is killed", () -> !child.isAlive());
    assertThat(child.exitValue()).isEqualTo(137);
    Eventually.until("the guard ends", () -> !guard.isAlive());
  }

  @ParameterizedTest
  @CsvSource({"/bin/dash, true", "/bin/dash, false"})
  void deadline_thatPasses_endsTheChildAndTheGuardWaitsToBeTold(String shell, boolean hasTables)
      throws Exception {
    Process guard = guard(shell, hasTables);
    Process child = stubbornChild();
    tell(guard, "child " + child.pid());
    tell(guard, "until - 5 10");

    Eventually.until("the child is killed", () -> !child.isAlive());
    assertThat(guard.isAlive()).isTrue();
    tell(guard, "end");
    guard.getOutputStream().close();
    Eventually.until("the guard ends", () -> !guard.isAlive());
  }

  /** A tool that is killed before it could tell. */
  @ParameterizedTest
  @CsvSource("/bin/dash, true")
  void child_thatWasNotNamed_isFoundByItsMark(String shell, boolean hasTables) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/environ")));
    Process guard = guard(shell, hasTables);
    Process child = stubbornChild();

    guard.getOutputStream().close();

    Eventually.until("the child is killed", () -> !child.isAlive());
  }

  @ParameterizedTest
  @CsvSource("/bin/dash, true")
  void end_thatIsTold_harmsNoChild(String shell, boolean hasTables) throws Exception {
    Process guard = guard(shell, hasTables);
    Process child = stubbornChild();
    tell(guard, "child " + child.pid());
    tell(guard, "end");
    guard.getOutputStream().close();

    Eventually.until("the guard ends", () -> !guard.isAlive());
    assertThat(child.isAlive()).isTrue();
  }
}
