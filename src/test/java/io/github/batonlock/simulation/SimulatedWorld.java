package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.virtual.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Everything that one seed made: the table, the nodes, and what has happened so far. */
final class SimulatedWorld {
  final VirtualTime time = new VirtualTime();
  final History history = new History();
  final SplittableRandom random;
  final Scenario scenario;
  final SimulatedTable table;
  final List<LockKey> keys = new ArrayList<>();
  final Trace trace;
  private final Map<String, Long> happened = new TreeMap<>();
  private boolean calm;

  /** Whether it ends with the faults. */
  final boolean isShort;

  /**
   * Whether listeners are told of calls and requests. Not where executors fail: they would fail at
   * other times than in the same world without it.
   */
  final boolean hearsEvents;

  /** When it ended, if it was a short one; never is the end of time. */
  long cutAt = Long.MAX_VALUE;

  SimulatedWorld(Story.Kind kind, long seed, Trace trace) {
    // Spread: neighbouring seeds make unrelated worlds.
    this.random = randomOf(seed);
    this.scenario = kind.adapt(Scenario.of(random.split()));
    this.trace = trace;
    this.isShort = seed % 2 == 0;
    this.hearsEvents = seed % 3 == 0 && !scenario.has(Scenario.Hazard.EXECUTORS);
    this.table = new SimulatedTable(this);
    for (int i = 0; i < scenario.keys(); i++) {
      keys.add(LockKey.of(i == 0 ? "k" : "k" + i));
    }
  }

  private static SplittableRandom randomOf(long seed) {
    return new SplittableRandom(seed).split();
  }

  /** What kind of world a seed makes, without living through it. */
  static Scenario scenarioOf(Story.Kind kind, long seed) {
    return kind.adapt(Scenario.of(randomOf(seed).split()));
  }

  long now() {
    return time.nanos();
  }

  void trace(Supplier<String> what) {
    trace.add(now(), what);
  }

  /** Nothing goes wrong from now on. */
  void calm() {
    calm = true;
  }

  /** Whether a hazard of the scenario may strike now. */
  boolean threatens(Scenario.Hazard hazard) {
    return scenario.has(hazard) && !calm;
  }

  /** Counts what a hazard has done. */
  void happened(String what) {
    happened.merge(what, 1L, Long::sum);
  }

  /** How often each hazard has done what. */
  Map<String, Long> happened() {
    return happened;
  }

  LockKey someKey() {
    return keys.get(random.nextInt(keys.size()));
  }

  /** Up to that long, much shorter as a rule. */
  Duration upTo(Duration longest) {
    double fraction = random.nextDouble();
    return Duration.ofNanos((long) (longest.toNanos() * fraction * fraction));
  }

  boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }
}
