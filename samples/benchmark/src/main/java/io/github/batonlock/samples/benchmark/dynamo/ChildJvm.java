package io.github.batonlock.samples.benchmark.dynamo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A main class in a JVM of its own, which is talked to by lines; it ends when closed. */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final PrintStream input;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts a main class with this process's class path. */
  public static ChildJvm start(List<String> options, Class<?> main, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return new ChildJvm(process);
  }

  /** Sends a line. */
  public void send(String line) {
    input.println(line);
  }

  /** The next line that the process prints. */
  public String receive() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("The process " + process.pid() + " has ended; see its messages above");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** In the child: blocks until the parent is gone. */
  static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Nothing is said to this process but goodbye.
    }
  }
}
