package io.github.batonlock.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A main class in a JVM of its own, spoken with by lines; it never outlives this JVM. */
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final Thread hook;
  private final Thread reader;

  /**
   * What to start.
   *
   * @param main its main class, of this class path
   * @param arguments of that class
   * @param prefix a command that runs the JVM, and becomes it; empty for none
   * @param environment on top of this JVM's
   * @param errors where its standard error is appended; null for this JVM's
   * @param options of the JVM, which win over the usual ones
   */
  public record Launch(
      Class<?> main,
      List<String> arguments,
      List<String> prefix,
      Map<String, String> environment,
      @Nullable Path errors,
      List<String> options) {

    /** Starts with the usual options. */
    public Launch(
        Class<?> main,
        List<String> arguments,
        List<String> prefix,
        Map<String, String> environment,
        @Nullable Path errors) {
      this(main, arguments, prefix, environment, errors, List.of());
    }

    /** Starts as it is: no prefix, this JVM's environment and standard error. */
    public Launch(Class<?> main, List<String> arguments) {
      this(main, arguments, List.of(), Map.of(), null);
    }

    /** The same with these options. */
    public Launch with(List<String> others) {
      return new Launch(main, arguments, prefix, environment, errors, others);
    }

    private List<String> command() {
      List<String> command = new ArrayList<>(prefix);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
      command.addAll(options);
      command.add("-Dlogback.configurationFile=logback-child.xml");
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add(main.getName());
      command.addAll(arguments);
      return command;
    }
  }

  private ChildJvm(Process process, Consumer<String> onLine) {
    this.process = process;
    // Also one that is stopped, and would never notice that nobody speaks to it any more.
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
    this.reader = new Thread(() -> read(onLine), "child-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts one; the consumer gets each line of its standard output, on one thread. */
  public static ChildJvm start(Launch launch, Consumer<String> onLine) {
    ProcessBuilder builder = new ProcessBuilder(launch.command());
    builder.environment().putAll(launch.environment());
    builder.redirectError(
        launch.errors() == null
            ? ProcessBuilder.Redirect.INHERIT
            : ProcessBuilder.Redirect.appendTo(launch.errors().toFile()));
    try {
      return new ChildJvm(builder.start(), onLine);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Consumer<String> onLine) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        onLine.accept(line);
      }
    } catch (IOException e) {
      // Its end.
    }
  }

  /** Writes a line to its standard input; to no effect if it has ended. */
  public synchronized void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      // Its end.
    }
  }

  /** Whether it has not ended yet. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its exit code; it has ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** Waits for its end, and until all that it said was taken. */
  public boolean awaitEnd(Duration limit) throws InterruptedException {
    boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    if (ended) {
      forget();
    }
    return ended;
  }

  /** Ends it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!awaitEnd(Eventually.SOON)) {
      throw new AssertionError("a child survived kill -9");
    }
  }

  private void forget() throws InterruptedException {
    reader.join(Eventually.SOON.toMillis());
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This JVM is ending, too.
    }
  }

  /** Makes it print what its threads do, and returns all that it has printed. */
  List<String> lastWords(List<String> printed) {
    try {
      signal("QUIT");
      int before = printed.size();
      // The threads, and behind them the heap.
      Eventually.until("dump", () -> List.copyOf(printed).lastIndexOf("Heap") >= before);
    } catch (IOException | InterruptedException | AssertionError e) {
      // It has ended, or it stands still.
    }
    return List.copyOf(printed);
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
