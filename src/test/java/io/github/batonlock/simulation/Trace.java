package io.github.batonlock.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** What happened, line by line; only the tail is kept, and nothing at all while nobody asks. */
final class Trace {
  private final int kept;
  private final Deque<String> lines = new ArrayDeque<>();
  private long digest;

  /** A trace that keeps so many lines; none for speed. */
  Trace(int kept) {
    this.kept = kept;
  }

  void add(long nanos, Supplier<String> what) {
    if (kept > 0) {
      String line = seconds(nanos) + "  " + what.get();
      digest = digest * 31 + line.hashCode();
      lines.add(line);
      if (lines.size() > kept) {
        lines.remove();
      }
    }
  }

  List<String> tail() {
    return List.copyOf(lines);
  }

  /** Differs between traces that differ anywhere. */
  long digest() {
    return digest;
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%9.4fs", nanos / 1e9);
  }
}
