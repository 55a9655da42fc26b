package io.github.batonlock.support;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link WorkerMain} in a JVM of its own. */
public final class Worker implements AutoCloseable {
  private static final Path ERRORS = Path.of("target", "logs", "workers.log");

  private final ChildJvm jvm;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private Worker(ChildJvm.Launch launch) {
    this.jvm = ChildJvm.start(launch, lines::add);
  }

  /** Starts one; see {@link WorkerMain} for what it does. */
  public static Worker start(String what, String table, String key, Duration lease, int turns) {
    return new Worker(
        new ChildJvm.Launch(
            WorkerMain.class,
            List.of(
                what,
                LocalDynamo.shared().endpoint().toString(),
                System.getProperty("baton.region", "us-east-1"),
                table,
                key,
                Long.toString(lease.toMillis()),
                Integer.toString(turns)),
            List.of(),
            Map.of(),
            ERRORS));
  }

  /** What it has said so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** What it has said so far that begins like this. */
  public List<String> lines(String prefix) {
    return lines.stream().filter(line -> line.startsWith(prefix)).toList();
  }

  /**
   * The first line that begins like this, once it was said: what follows the prefix. A busy machine
   * needs a minute to start a JVM.
   */
  public String await(String prefix) {
    try {
      Eventually.until(
          "worker says '" + prefix + "'",
          Duration.ofMinutes(3),
          () -> !lines(prefix).isEmpty() || !jvm.isAlive());
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; it said " + jvm.lastWords(lines), e);
    }
    List<String> said = lines(prefix);
    if (said.isEmpty()) {
      throw new AssertionError(
          "a worker ended with "
              + jvm.exitCode()
              + " instead of '"
              + prefix
              + "', and said "
              + lines
              + "; see "
              + ERRORS);
    }
    return said.get(0).substring(prefix.length()).strip();
  }

  /** Ends it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    jvm.kill();
  }

  /** Sends it a signal: {@code STOP}, {@code CONT}. */
  public void signal(String name) throws IOException, InterruptedException {
    jvm.signal(name);
  }

  @Override
  public void close() throws InterruptedException {
    jvm.close();
  }
}
