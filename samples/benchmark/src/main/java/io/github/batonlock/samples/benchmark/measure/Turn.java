package io.github.batonlock.samples.benchmark.measure;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * One waiter's wait for a lock and time with it, by {@link System#nanoTime}, which all processes of
 * a Linux machine share.
 *
 * @param key the lock
 * @param wanted when the acquisition was called
 * @param acquired when the acquisition returned
 * @param released when the release was called
 */
record Turn(String key, long wanted, long acquired, long released) {

  /**
   * Tells the time between each release and the next acquisition of the same lock.
   *
   * @param turns all turns
   * @param start earlier releases do not count
   * @param end later releases do not count
   * @param gap is told
   */
  static void gaps(List<Turn> turns, long start, long end, LongConsumer gap) {
    Map<String, List<Turn>> byKey =
        turns.stream()
            .sorted(Comparator.comparingLong(Turn::acquired))
            .collect(Collectors.groupingBy(Turn::key));
    for (List<Turn> ofKey : byKey.values()) {
      for (int i = 1; i < ofKey.size(); i++) {
        long released = ofKey.get(i - 1).released;
        if (released >= start && released < end) {
          gap.accept(ofKey.get(i).acquired - released);
        }
      }
    }
  }

  /** As a line between processes. */
  String toLine() {
    return key + " " + wanted + " " + acquired + " " + released;
  }

  /** From such a line. */
  static Turn ofLine(String line) {
    String[] parts = line.split(" ");
    return new Turn(
        parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), Long.parseLong(parts[3]));
  }
}
