package io.github.batonlock.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One schedule: a world made from one number, lived through, and checked.
 *
 * <p>Faults for some leases; then calm, in which each waiter has to get its lock; then the end, in
 * which everything is given back. Every other world is short: it ends with the faults, where most
 * of what is dangerous happens, and is checked for what was wrong until then.
 */
final class Simulation {
  private final long seed;
  private final SimulatedWorld world;
  private final Story story;
  private final Population population;
  private final Duration lease;
  private long calmFrom = Long.MAX_VALUE;
  private long stopped = Long.MAX_VALUE;

  /**
   * How it went.
   *
   * @param seed what makes it happen again
   * @param scenario what kind of world it was
   * @param violations what went wrong, in the order of time
   * @param trace the last lines of what happened, if asked for
   * @param digest tells traces apart
   * @param tally what was seen
   */
  record Outcome(
      long seed,
      Scenario scenario,
      List<Violation> violations,
      List<String> trace,
      long digest,
      Tally tally) {}

  private Simulation(Story.Kind kind, long seed, int traceLines) {
    this.seed = seed;
    this.world = new SimulatedWorld(kind, seed, new Trace(traceLines));
    this.story = kind.in(world);
    this.population = new Population(world, story);
    this.lease = world.scenario.lease();
  }

  /** Lives through the world of a seed. */
  static Outcome run(Story.Kind kind, long seed) {
    return new Simulation(kind, seed, 0).run();
  }

  /** The same, slower, keeping the last lines of the trace. */
  static Outcome trace(Story.Kind kind, long seed, int lines) {
    return new Simulation(kind, seed, lines).run();
  }

  private Outcome run() {
    try {
      goWrong();
      if (world.isShort) {
        cut();
      } else {
        goWell();
      }
    } catch (Throwable e) {
      world.trace(() -> "thrown: " + e);
      Throwable shown = e.getCause() == null ? e : e.getCause();
      StackTraceElement[] stack = shown.getStackTrace();
      world.history.violated(
          "exceptions", world.now(), shown + (stack.length == 0 ? "" : " at " + stack[0]));
    } finally {
      world.history.nodes.forEach(Node::dismantle);
    }
    return outcome(story.check(calmFrom, stopped));
  }

  private void goWrong() {
    Faults faults = new Faults(world, population);
    population.start();
    faults.start();
    pass(lease.multipliedBy(world.random.nextInt(2, 9)));
    world.trace(() -> "the faults are over");
    faults.stop();
  }

  private void cut() {
    story.cut();
    world.cutAt = world.now();
    world.history.nodes.forEach(Node::cut);
  }

  private void goWell() {
    // A process that stands still goes on within three leases.
    pass(lease.multipliedBy(3));
    calmFrom = world.now();
    story.calm();
    pass(lease.multipliedBy(4));
    stopped = world.now();
    world.trace(() -> "the users stop");
    population.complete();
    story.stop();
    pass(lease.multipliedBy(3));
    story.given();
    // Until no late write is looked for any more.
    pass(Duration.ofMinutes(25));
    Remains remains = new Remains(world);
    remains.ofUnused(population.open());
    population.open().forEach(Node::close);
    pass(lease.multipliedBy(2));
    remains.ofClosed(world.history.nodes);
  }

  private void pass(Duration duration) {
    world.time.advance(duration);
  }

  private Outcome outcome(List<Violation> violations) {
    Tally tally = new Tally(new TreeMap<>(story.tally()));
    tally.add(new Tally(world.happened()));
    List<Violation> found = new ArrayList<>(violations);
    found.sort((a, b) -> Long.compare(a.at(), b.at()));
    return new Outcome(
        seed, world.scenario, List.copyOf(found), world.trace.tail(), world.trace.digest(), tally);
  }
}
