package io.github.batonlock.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.batonlock.support.TimeLimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Real processes fight for locks while their network, their clocks and they themselves are broken.
 *
 * <p>{@code baton.chaos.minutes} or {@code baton.chaos.seconds} says how long faults happen (by
 * default a moment, and 10 minutes in the profile {@code chaos}), {@code baton.chaos.seed} which
 * ones; the report prints the seed. All files stay in {@code target/chaos}.
 */
@Tag("proof")
class ChaosIT {
  private static final Path FOLDER = Path.of("target", "chaos").toAbsolutePath();
  private static final Duration SHORT = Duration.ofSeconds(12);
  private static final Duration LONG = Duration.ofMinutes(10);

  /** Polls come several times a second; the rest is for a machine that is busy. */
  private static final Duration LONGEST_CALM = Duration.ofSeconds(30);

  /** For start and end of the processes, and for a machine that is busy. */
  private static final Duration AROUND = Duration.ofMinutes(8);

  @Test
  @Timeout(value = 2, unit = TimeUnit.DAYS)
  void locks_underChaos_haveOneHolderAtATime() {
    Assumptions.assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux"),
        "needs kill -STOP, and one monotonic clock for all processes");
    Duration length =
        TimeLimit.of("baton.chaos", Boolean.getBoolean("baton.chaos.long") ? LONG : SHORT);
    long seed = Long.getLong("baton.chaos.seed", System.currentTimeMillis() % 1_000_000_000);

    assertTimeoutPreemptively(length.plus(AROUND), () -> run(length, seed));
  }

  private static void run(Duration length, long seed) throws Exception {
    Path folder = FOLDER.resolve(seed + "-" + System.currentTimeMillis());
    List<String> problems;
    List<String> setting;
    long began = System.nanoTime();
    try (ChaosRun run = new ChaosRun(seed, folder)) {
      run.run(length);
      problems = run.problems();
      setting = run.setting();
    }
    Duration ran = Duration.ofNanos(System.nanoTime() - began);
    List<Event> events = History.readAll(folder);
    List<Violation> violations = Checker.check(events);
    setting.add(0, "seed: " + seed + " (replay: -Dbaton.chaos.seed=" + seed + ")");
    String report = ChaosReport.of(setting, ran, events, violations);
    Path file = Files.writeString(folder.resolve("report.md"), report);
    Files.copy(file, FOLDER.resolve("report.md"), StandardCopyOption.REPLACE_EXISTING);
    System.out.println(
        "chaos: seed " + seed + ", " + ChaosReport.verdict(violations) + ", see " + file);

    String where = "seed " + seed + " (-Dbaton.chaos.seed=" + seed + "), see " + file;
    assertThat(problems).as(where).isEmpty();
    assertThat(HandOffs.of(events))
        .as("a lock is not left lying while a waiter that nothing disturbs wants it: " + where)
        .allMatch(handOff -> handOff.calmNanos() < LONGEST_CALM.toNanos());
    assertThat(violations).as(where).isEmpty();
    assertThat(events)
        .as(where)
        .extracting(Event::kind)
        .contains(
            Event.Kind.ACQUIRED,
            Event.Kind.HELD,
            Event.Kind.RELEASED,
            Event.Kind.TOLD,
            Event.Kind.ACCEPTED,
            Event.Kind.FAULT,
            Event.Kind.KILLED);
  }
}
