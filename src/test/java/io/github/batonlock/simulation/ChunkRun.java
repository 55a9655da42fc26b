package io.github.batonlock.simulation;

import io.github.batonlock.simulation.Simulation.Outcome;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of a chunk.
 *
 * @param schedules how many were run: all, or until the first that failed
 * @param tally what happened in them
 * @param failure the first that failed; null for none
 */
record ChunkRun(int schedules, Tally tally, @Nullable Failed failure) {

  /**
   * A schedule that failed.
   *
   * @param seed of the schedule
   * @param what is wrong with it, in one line
   * @param isStuck whether it never ended: to run it again would not end, either
   */
  record Failed(long seed, String what, boolean isStuck) {}

  /** Runs a chunk on this thread, under the eyes of a watchdog. */
  static ChunkRun of(Chunk chunk, Watchdog watchdog) {
    Tally tally = new Tally(new TreeMap<>());
    for (int i = 0; i < chunk.schedules(); i++) {
      long seed = chunk.first() + i;
      watchdog.begins(seed);
      Outcome outcome = Simulation.run(chunk.kind(), seed);
      watchdog.ended();
      tally.add(outcome.tally());
      List<Violation> violations = outcome.violations();
      if (!violations.isEmpty()) {
        String what = violations.get(0).toString().replaceAll("\\s+", " ");
        return new ChunkRun(i + 1, tally, new Failed(seed, what, false));
      }
    }
    return new ChunkRun(chunk.schedules(), tally, null);
  }

  /** As one line, which {@link #of(String)} understands. */
  String line() {
    StringBuilder line = new StringBuilder();
    line.append(schedules).append('\t');
    line.append(failure == null ? "" : failure.seed()).append('\t');
    line.append(failure == null ? "" : failure.what()).append('\t');
    line.append(failure != null && failure.isStuck());
    tally
        .counts()
        .forEach((what, times) -> line.append('\t').append(what).append('\t').append(times));
    return line.toString();
  }

  static ChunkRun of(String line) {
    String[] parts = line.split("\t", -1);
    Map<String, Long> counts = new TreeMap<>();
    for (int i = 4; i < parts.length; i += 2) {
      counts.put(parts[i], Long.parseLong(parts[i + 1]));
    }
    Failed failed =
        parts[1].isEmpty()
            ? null
            : new Failed(Long.parseLong(parts[1]), parts[2], Boolean.parseBoolean(parts[3]));
    return new ChunkRun(Integer.parseInt(parts[0]), new Tally(counts), failed);
  }
}
