package io.github.batonlock.spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The model checker, in a JVM of its own. */
final class Tlc {
  /** For failures only; the longest configuration takes a few minutes on a busy machine. */
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private Tlc() {}

  /** What TLC found out about one configuration. */
  record Result(String output, Duration took) {
    static final List<String> HEAD =
        List.of(
            "| configuration | constants | distinct states | depth | seconds | result |",
            "|---|---|---:|---:|---:|---|");

    private static final Pattern VIOLATED =
        Pattern.compile("Error: (?:Invariant|Action property) (\\w+) is violated");
    private static final Pattern STATES =
        Pattern.compile(
            "(?m)^[\\d,]+ states generated, ([\\d,]+) distinct states found, [\\d,]+ .*");
    private static final Pattern DEPTH =
        Pattern.compile("depth of the complete state graph search is (\\d+)");
    private static final Pattern STEP = Pattern.compile("(?m)^State \\d+: ");
    private static final int TAIL = 20_000;

    /** "holds", "violates" and what, or "neither". */
    String outcome() {
      Matcher violated = VIOLATED.matcher(output);
      if (violated.find()) {
        return "violates " + violated.group(1);
      }
      return output.contains("Model checking completed. No error has been found.")
          ? "holds"
          : "neither";
    }

    /** The end of what TLC said: the counterexample, if there is one. */
    String tail() {
      return output.substring(Math.max(0, output.length() - TAIL));
    }

    String row(Configuration configuration) {
      long steps = STEP.matcher(output).results().count();
      String found = outcome() + (steps == 0 ? "" : " in " + (steps - 1) + " steps");
      return "| %s | %s | %s | %s | %d | %s |"
          .formatted(
              configuration.name(),
              configuration.constants(),
              last(STATES),
              last(DEPTH),
              took.toSeconds(),
              found);
    }

    private String last(Pattern pattern) {
      return pattern
          .matcher(output)
          .results()
          .map(found -> found.group(1))
          .reduce("", (first, second) -> second);
    }
  }

  /** The row of one that there was no time for. */
  static String unfinished(Configuration configuration) {
    return "| %s | %s | | | | not run to its end: the time was up |"
        .formatted(configuration.name(), configuration.constants());
  }

  /**
   * Checks one configuration.
   *
   * <p>By one worker: breadth first, so that counterexamples are the shortest, and numbers the same
   * in each run.
   *
   * @param left how much time there is
   * @return nothing if that was too little
   */
  static Optional<Result> check(Configuration configuration, Duration left)
      throws IOException, InterruptedException {
    Path work = Path.of("target", "spec", configuration.name()).toAbsolutePath();
    Files.createDirectories(work);
    Path output = work.resolve("output.txt");
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // TLC unpacks its standard modules into the folder for temporary files.
                "-Djava.io.tmpdir=" + work,
                "-XX:+UseSerialGC",
                // The optimizing compiler does not pay in a JVM that lives for seconds.
                configuration.quick() ? "-XX:TieredStopAtLevel=1" : "-XX:TieredStopAtLevel=4",
                "-Xmx2g",
                "-cp",
                Path.of(System.getProperty("baton.spec.tlc")).toAbsolutePath().toString(),
                "tlc2.TLC",
                "-workers",
                "1",
                "-fp",
                "0",
                "-metadir",
                work.resolve("states").toString(),
                "-config",
                configuration.file().toAbsolutePath().toString(),
                configuration.module().toAbsolutePath().toString())
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      Duration limit = left.compareTo(LIMIT) < 0 ? left : LIMIT;
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        if (limit.equals(left)) {
          return Optional.empty();
        }
        throw new AssertionError(configuration.name() + " took more than " + LIMIT);
      }
    } finally {
      process.destroyForcibly();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    return Optional.of(new Result(Files.readString(output), took));
  }
}
