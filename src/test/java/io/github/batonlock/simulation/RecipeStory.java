package io.github.batonlock.simulation;

import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.simulation.Scenario.Hazard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * Processes that use a recipe. What must be true at every moment is looked at in random moments,
 * and when a process has just gone on after a pause; and what must come true, after some calm.
 */
abstract class RecipeStory extends Story {
  /** What recipes are exposed to; the others are about lock items, not about who uses them. */
  static final Set<Hazard> HAZARDS =
      EnumSet.of(
          Hazard.PAUSES,
          Hazard.SUSPENDS,
          Hazard.CRASHES,
          Hazard.CLOSES,
          Hazard.WALL_STEPS,
          Hazard.STALE_READS,
          Hazard.MIXED_LEASES,
          Hazard.SHARED_LEASES,
          Hazard.THREADS,
          Hazard.EXECUTORS,
          Hazard.ANGRY_CALLBACKS,
          Hazard.ABANDONED,
          Hazard.SILENT_CONDITIONS,
          Hazard.SMALL_BOUNDS,
          Hazard.OPERATORS,
          Hazard.DELETE_ON_RELEASE,
          Hazard.NO_TRANSACTIONS);

  private final Map<String, Long> counts = new TreeMap<>();
  private boolean looking;
  private boolean calm;

  RecipeStory(SimulatedWorld world) {
    super(world);
  }

  @Override
  final void moveIn(Node node) {
    if (!looking) {
      looking = true;
      lookAgain();
    }
    count("processes");
    node.machine.run(() -> begin(node));
  }

  /** On its machine: the process begins to take part. */
  abstract void begin(Node node);

  /** Checks what must be true at every moment. */
  abstract void look();

  /** Checks what must be true now, after calm. */
  abstract void settled();

  /** Everybody stops, and gives back what he has. */
  abstract void end();

  private void lookAgain() {
    world.time.schedule(
        1 + world.upTo(world.scenario.lease().dividedBy(4)).toNanos(),
        () -> {
          if (!isStopped()) {
            look();
            lookAgain();
          }
        });
  }

  @Override
  final void calm() {
    calm = true;
  }

  /** Whether nobody may change his mind any more, so that all can settle. */
  final boolean isCalm() {
    return calm;
  }

  @Override
  final void wokeUp(Node node) {
    look();
  }

  @Override
  void cut() {
    look();
  }

  @Override
  final void stop() {
    look();
    settled();
    super.stop();
    end();
  }

  /** Lets a process do something later, unless it is killed before. */
  final void later(Node node, Duration longest, Runnable next) {
    node.machine.after(
        world.upTo(longest),
        () -> {
          if (!node.isCrashed()) {
            next.run();
          }
        });
  }

  /** A user calls something that has to end. */
  final UserCall calls(UserCall call) {
    world.history.calls.add(call);
    return call;
  }

  final void violated(String what) {
    world.history.violated(getClass().getSimpleName(), world.now(), what);
  }

  /** The same for what operators break who delete, free and bring back items that are in use. */
  final void violatedByTheRecipe(String what) {
    if (!world.scenario.has(Hazard.OPERATORS)) {
      violated(what);
    }
  }

  final void count(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** Whether a call may fail so, according to its documentation. */
  final boolean isDocumented(Throwable thrown, Node node) {
    Throwable failure =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    world.trace(() -> node + " was refused: " + failure);
    boolean closed = failure instanceof IllegalStateException && !node.isOpen();
    return closed
        || failure instanceof CancellationException
        || Abandonment.isCauseOf(failure)
        || failure instanceof LockNotAcquiredException
        || failure instanceof LockStoreException
        || failure instanceof LockNotHeldException;
  }

  @Override
  final List<Violation> check(long calmFrom, long stoppedAt) {
    List<Violation> found = new ArrayList<>(world.history.violations);
    if (stoppedAt != Long.MAX_VALUE) {
      found.addAll(new CallCheck(world.scenario, world.history, calmFrom, stoppedAt, true).find());
    }
    return found;
  }

  @Override
  final Map<String, Long> tally() {
    return counts;
  }
}
