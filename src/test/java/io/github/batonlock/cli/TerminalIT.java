package io.github.batonlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.support.Eventually;
import io.github.batonlock.support.LocalDynamo;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The tool on a terminal: a pseudo terminal of util-linux's {@code script}. */
class TerminalIT {
  private static final DynamoDbClient DYNAMO = LocalDynamo.shared().sync();

  private final String table = LocalDynamo.shared().newTable();

  private record Run(int code, String shown) {}

  @BeforeAll
  static void findScript() {
    boolean isThere =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "script")));
    assumeTrue(isThere, "no terminal was tried: 'script' of util-linux is not installed");
  }

  /** Runs the tool; what it reads from the terminal is typed at once. */
  private Run baton(String typed, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.add("-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Baton.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--table", table));
    command.addAll(List.of("--endpoint-url", LocalDynamo.shared().endpoint().toString()));
    String line =
        command.stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    ProcessBuilder builder =
        new ProcessBuilder("script", "-q", "-e", "-c", line, "/dev/null").redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_ACCESS_KEY_ID", "dummy");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "dummy-secret");
    builder.environment().put("AWS_REGION", "us-east-1");
    builder.environment().put("TERM", "xterm-256color");
    builder.environment().remove("NO_COLOR");
    Process process = builder.start();
    try {
      process.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(Eventually.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      return new Run(process.exitValue(), shown);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      Process unused = process.destroyForcibly();
    }
  }

  @Test
  void break_onATerminal_asksAndTakesTheAnswer() throws Exception {
    try (LockClient client = LockClient.builder(DYNAMO, table).ownerName("worker-1").build()) {
      HeldLock held = client.acquire("stuck");
      String token = Long.toString(held.fencingToken());
      String[] command = {"break", "stuck", "--token", token, "--reason", "ticket 4711", "--now"};

      Run refused = baton("n\n", command);
      assertThat(refused.shown()).contains("[y/N]", "nothing was changed");
      assertThat(refused.code()).isEqualTo(1);
      held.ensureHeld();

      Run broken = baton("y\n", command);
      assertThat(broken.code()).as(broken.shown()).isZero();
      assertThat(broken.shown()).contains("was taken from 'worker-1'");
    }
  }

  @Test
  void list_onATerminal_hasColours() throws Exception {
    try (LockClient client = LockClient.builder(DYNAMO, table).ownerName("worker-1").build()) {
      client.acquire("idle").close();
    }

    Run run = baton("", "list");

    assertThat(run.code()).as(run.shown()).isZero();
    assertThat(run.shown()).contains("\u001b[32mfree\u001b[0m");
  }
}
