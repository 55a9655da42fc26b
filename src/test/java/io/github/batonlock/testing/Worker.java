package io.github.batonlock.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A {@link WorkerMain} in a JVM of its own. */
public final class Worker implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Worker(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "worker-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts one; see {@link WorkerMain} for what it does. */
  public static Worker start(String what, String table, String key, Duration lease, int turns) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(WorkerMain.class.getName());
    command.add(what);
    command.add(LocalDynamo.shared().endpoint().toString());
    command.add(System.getProperty("baton.region", "us-east-1"));
    command.addAll(List.of(table, key, Long.toString(lease.toMillis()), Integer.toString(turns)));
    try {
      return new Worker(
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      // Its end.
    }
  }

  /** What it has said so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** What it has said so far that begins like this. */
  public List<String> lines(String prefix) {
    return lines.stream().filter(line -> line.startsWith(prefix)).toList();
  }

  /** The first line that begins like this, once it was said: what follows the prefix. */
  public String await(String prefix) {
    Eventually.until(
        "worker says '" + prefix + "'", Duration.ofSeconds(60), () -> !lines(prefix).isEmpty());
    return lines(prefix).get(0).substring(prefix.length()).strip();
  }

  /** Ends it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new AssertionError("the worker survived kill -9");
    }
  }

  /** Sends it a signal: {@code STOP}, {@code CONT}. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    if (!kill.waitFor(20, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new AssertionError("kill -" + name + " failed");
    }
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
