package io.github.batonlock.samples.benchmark.measure;

import io.github.batonlock.samples.benchmark.report.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A search for the largest number at which a trial succeeds: doubling, then halving the gap. */
final class Ladder {

  /** Tries a number of locks. */
  interface Trial {
    /** Returns how many of them were kept. */
    long kept(int count) throws Exception;
  }

  /** One number that was tried. */
  private record Rung(int count, long kept) {
    boolean isGood() {
      return kept == count;
    }
  }

  private final List<Rung> rungs = new ArrayList<>();
  private int best;
  private int worst;

  /** Climbs, with so many trials at most. */
  static Ladder climb(int start, int trials, Trial trial) throws Exception {
    Ladder ladder = new Ladder();
    int next = start;
    for (int i = 0; i < trials; i++) {
      Rung rung = new Rung(next, trial.kept(next));
      ladder.rungs.add(rung);
      if (rung.isGood()) {
        ladder.best = next;
      } else {
        ladder.worst = next;
      }
      next = ladder.worst == 0 ? 2 * next : (ladder.best + ladder.worst) / 2;
    }
    return ladder;
  }

  /** The largest number at which all were kept; 0 if there is none. */
  int best() {
    return best;
  }

  /** The largest number, or what it is known to exceed. */
  String describe() {
    return (worst == 0 ? "at least " : "") + Figures.plain(best);
  }

  /** Every number that was tried, and how many were kept. */
  String trials() {
    return rungs.stream()
        .map(rung -> Figures.plain(rung.kept) + " of " + Figures.plain(rung.count))
        .collect(Collectors.joining(", "));
  }
}
