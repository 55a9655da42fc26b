package io.github.batonlock.samples.election;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/** A {@link Candidate} in a JVM of its own, seen from the sample. */
final class CandidateProcess implements AutoCloseable {
  /** The order to end; any other is the name of the candidate to hand over to. */
  static final String END = "end!";

  private final String name;
  private final Process process;
  private final PrintStream orders;

  private CandidateProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts a candidate; what it reports goes to the listener, on a thread of its own. */
  static CandidateProcess start(
      String name, URI endpoint, BiConsumer<CandidateProcess, Report> listener) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Candidate.class.getName(),
                name,
                endpoint.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    CandidateProcess candidate = new CandidateProcess(name, process);
    Runtime.getRuntime().addShutdownHook(new Thread(candidate::kill));
    Thread reader = new Thread(() -> candidate.readInto(listener), name + "-reports");
    reader.setDaemon(true);
    reader.start();
    return candidate;
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void order(String order) {
    orders.println(order);
  }

  /** Ends the process without a chance to clean up: SIGKILL where there are signals. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
  }

  private void readInto(BiConsumer<CandidateProcess, Report> listener) {
    try (BufferedReader reports = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reports.readLine(); line != null; line = reports.readLine()) {
        listener.accept(this, Report.fromLine(line));
      }
    } catch (IOException e) {
      System.err.println("Reading from " + name + " failed: " + e);
    }
  }
}
