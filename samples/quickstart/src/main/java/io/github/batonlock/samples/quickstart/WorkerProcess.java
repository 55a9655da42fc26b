package io.github.batonlock.samples.quickstart;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;

/** A {@link Worker} or a {@link Job} in a JVM of its own, seen from the quickstart. */
final class WorkerProcess implements AutoCloseable {

  /**
   * Something a worker did.
   *
   * @param from the worker
   * @param line its report; null when the process has ended
   */
  record Event(WorkerProcess from, String line) {}

  private final String name;
  private final Process process;
  private final PrintStream answers;

  private WorkerProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.answers = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts a program; what it reports goes to the queue. */
  static WorkerProcess start(
      Class<?> program,
      String name,
      Target target,
      List<String> options,
      BlockingQueue<Event> events)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                "--name",
                name));
    command.addAll(target.toOptions());
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    WorkerProcess worker = new WorkerProcess(name, process);
    Runtime.getRuntime().addShutdownHook(new Thread(worker::kill));
    Thread reader = new Thread(() -> worker.readInto(events), name + "-reports");
    reader.setDaemon(true);
    reader.start();
    return worker;
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  void answer(String text) {
    answers.println(text);
  }

  /** Ends the process without a chance to clean up: SIGKILL where there are signals. */
  void kill() {
    process.destroyForcibly();
  }

  /** How the process ended; only after the event without a line. */
  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    kill();
  }

  private void readInto(BlockingQueue<Event> events) {
    try (BufferedReader reports = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reports.readLine(); line != null; line = reports.readLine()) {
        events.add(new Event(this, line));
      }
    } catch (IOException e) {
      System.err.println("Reading from " + name + " failed: " + e);
    }
    events.add(new Event(this, null));
  }
}
