package io.github.batonlock.samples.shedlock;

import io.github.batonlock.samples.common.Timeline;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link Host} in a JVM of its own, seen from the demo. */
final class HostProcess implements AutoCloseable {
  private final String name;
  private final Process process;
  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  private HostProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /** Starts a host; its job takes this long. */
  static HostProcess start(String name, URI endpoint, Duration work, Timeline timeline)
      throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Host.class.getName(),
                endpoint.toString(),
                name,
                Long.toString(work.toMillis()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    HostProcess host = new HostProcess(name, process);
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    Thread reader = new Thread(() -> host.read(timeline), name + "-reports");
    reader.setDaemon(true);
    reader.start();
    return host;
  }

  private void read(Timeline timeline) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        timeline.add(name, line);
        reports.add(line);
      }
    } catch (IOException e) {
      System.err.println("Reading from " + name + " failed: " + e);
    }
  }

  /** Waits for a report, and passes over others; whether it came in time. */
  boolean reports(String expected, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    String report = "";
    while (report != null && !report.equals(expected)) {
      report = reports.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return report != null;
  }

  /** Ends the process without a chance to clean up: SIGKILL where there are signals. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
