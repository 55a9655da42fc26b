package io.github.batonlock.cli;

import io.github.batonlock.support.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The tool in a JVM of its own. */
final class Tool implements AutoCloseable {
  private final Process process;
  private final Path out;
  private final Path err;

  private Tool(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
    // Also one that is stopped.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** Starts it with dummy credentials. */
  static Tool start(Path folder, String... arguments) throws IOException {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
    // As in its jar, which has no logger.
    command.add("-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Baton.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
    builder.environment().put("AWS_ACCESS_KEY_ID", "dummy");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "dummy-secret");
    builder.environment().put("AWS_REGION", "us-east-1");
    return new Tool(builder.start(), out, err);
  }

  /** Waits for its end; the exit code. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(Eventually.SOON.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("the tool does not end: " + err());
    }
    return process.exitValue();
  }

  /** Sends it a signal. */
  void signal(String name) throws Exception {
    kill(name, process.pid());
  }

  /** Sends a process a signal. */
  static void kill(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
    if (!kill.waitFor(20, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new AssertionError("kill -" + name + " " + pid + " failed");
    }
  }

  /** Its guards that run. */
  List<ProcessHandle> guards() {
    return process
        .children()
        .filter(child -> child.info().commandLine().orElse("").contains("baton-guard"))
        .filter(child -> !ProcessTable.isZombie(child.pid()))
        .toList();
  }

  /** The lines of its standard output so far. */
  List<String> out() {
    return read(out).lines().toList();
  }

  /** Its standard error so far. */
  String err() {
    return read(err);
  }

  /** The number at the end of the first line that begins like this, once it was written. */
  long await(String prefix) {
    Eventually.until(
        "the child says '" + prefix + "'", () -> lines(prefix) > 0 || !process.isAlive());
    return out().stream()
        .filter(line -> line.startsWith(prefix))
        .findFirst()
        .map(line -> Long.parseLong(line.substring(prefix.length()).strip()))
        .orElseThrow(() -> new AssertionError("the tool has ended: " + err()));
  }

  private long lines(String prefix) {
    return out().stream().filter(line -> line.startsWith(prefix)).count();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    Process unused = process.destroyForcibly();
  }
}
