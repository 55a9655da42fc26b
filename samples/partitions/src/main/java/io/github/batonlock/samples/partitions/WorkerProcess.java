package io.github.batonlock.samples.partitions;

import io.github.batonlock.samples.common.Timeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A {@link Worker} in a JVM of its own, seen from the parent. */
final class WorkerProcess {
  private final String name;
  private final Process process;

  private WorkerProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts a worker; what it says goes to the time-line. */
  static WorkerProcess start(String name, URI endpoint, Timeline timeline) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                name,
                endpoint.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    WorkerProcess worker = new WorkerProcess(name, process);
    Thread reader = new Thread(() -> worker.readInto(timeline), name + "-says");
    reader.setDaemon(true);
    reader.start();
    return worker;
  }

  String name() {
    return name;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends the process without a chance to clean up: SIGKILL where there are signals. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Tells it to finish; returns whether it has ended in order within the time. */
  boolean finish(Duration limit) throws IOException, InterruptedException {
    process.getOutputStream().close();
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
  }

  private void readInto(Timeline timeline) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        timeline.add(name, line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
