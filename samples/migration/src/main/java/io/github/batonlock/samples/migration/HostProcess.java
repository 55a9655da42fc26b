package io.github.batonlock.samples.migration;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Host} in a JVM of its own, seen from the sample. */
final class HostProcess {
  private final String name;
  private final String client;
  private final Process process;
  private final PrintStream orders;
  private final List<Long> tokens = new ArrayList<>();
  private int turns;
  private int refused;
  private boolean stands;

  private HostProcess(String name, String client, Process process) {
    this.name = name;
    this.client = client;
    this.process = process;
    this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  /** Starts a host with one of the lock clients: {@code awslabs} or {@code baton}. */
  static HostProcess start(String name, String client, URI endpoint) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                System.getProperty("java.class.path"),
                Host.class.getName(),
                name,
                client,
                endpoint.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    HostProcess host = new HostProcess(name, client, process);
    Thread reader = new Thread(host::read, name + "-reports");
    reader.setDaemon(true);
    reader.start();
    return host;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void said(String line) {
    if (line.equals("stands")) {
      stands = true;
    } else if (line.startsWith("refused ")) {
      refused++;
    } else if (line.startsWith("turn ")) {
      turns++;
      String token = line.substring("turn ".length());
      if (!token.equals("-")) {
        tokens.add(Long.parseLong(token));
      }
    }
    notifyAll();
  }

  String client() {
    return client;
  }

  synchronized int turns() {
    return turns;
  }

  synchronized int refused() {
    return refused;
  }

  synchronized List<Long> tokens() {
    return List.copyOf(tokens);
  }

  /** Waits for more turns than it has had; false if they do not come in time. */
  synchronized boolean awaitTurnAfter(int before, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (turns <= before && System.nanoTime() - end < 0) {
      wait(100);
    }
    return turns > before;
  }

  /** Kills it while it holds the lock, without a chance to clean up; false if it never held it. */
  boolean killAsHolder(Duration limit) throws InterruptedException {
    orders.println(Host.STAND);
    boolean stood = awaitStand(limit);
    process.destroyForcibly().waitFor();
    return stood;
  }

  private synchronized boolean awaitStand(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!stands && System.nanoTime() - end < 0) {
      wait(100);
    }
    return stands;
  }

  /** Tells it to end after its turn; whether it has ended in order within the time. */
  boolean stop(Duration limit) throws InterruptedException {
    orders.println(Host.STOP);
    return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0;
  }

  @Override
  public String toString() {
    return name + " (" + client + ")";
  }
}
