package io.github.batonlock.simulation;

import io.github.batonlock.LockListener;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the processes of a world do, and what must be true of it. */
abstract class Story implements LockListener {
  final SimulatedWorld world;
  private @Nullable Population population;
  private boolean stopped;

  Story(SimulatedWorld world) {
    this.world = world;
  }

  /** Where the processes are that the story is about. */
  final void livesIn(Population home) {
    population = home;
  }

  /** A user closes the client of his process, also from inside a callback. */
  final void closeClient(Node node) {
    if (node.isOpen() && population != null) {
      population.close(node);
    }
  }

  /** What there is to tell about. */
  enum Kind {
    /** Users who want locks, and look at them. */
    LOCKS,
    /** Members of a group. */
    GROUP,
    /** Candidates of an election. */
    ELECTION,
    /** Workers with permits. */
    SEMAPHORE,
    /** Readers and writers. */
    READERS,
    /** Workers who want several locks at once. */
    SEVERAL,
    /** Workers who stand in a queue. */
    FAIR,
    /** Workers who ask holders to finish. */
    ASKING,
    /** Workers that do each run of a job once. */
    RUNS,
    /** Workers that leave a lock closed for a while when they give it back. */
    MINIMUM;

    Scenario adapt(Scenario scenario) {
      return this == LOCKS ? scenario : scenario.with(RecipeStory.HAZARDS);
    }

    Story in(SimulatedWorld world) {
      return switch (this) {
        case LOCKS -> new Users(world);
        case GROUP -> new GroupStory(world);
        case ELECTION -> new ElectionStory(world);
        case SEMAPHORE -> new SemaphoreStory(world);
        case READERS -> new ReadersStory(world);
        case SEVERAL -> new SeveralStory(world);
        case FAIR -> new FairStory(world);
        case ASKING -> new AskingStory(world);
        case RUNS -> new RunsStory(world);
        case MINIMUM -> new MinimumStory(world);
      };
    }
  }

  /** A process has started. */
  abstract void moveIn(Node node);

  /** A process has gone on after a pause: the first thing that its users do is to look. */
  void wokeUp(Node node) {}

  /** A process was killed. */
  void crashed(Node node, Reading at) {}

  /** Nothing goes wrong from now on. */
  void calm() {}

  /** The world ends here, in the middle of everything. */
  void cut() {}

  /** Nobody begins anything new; all has been well for a while. */
  void stop() {
    stopped = true;
  }

  /** All has been given back for a while; the clients are about to be closed. */
  void given() {}

  final boolean isStopped() {
    return stopped;
  }

  final boolean mayBegin(Node node) {
    return !stopped && node.isOpen();
  }

  /**
   * What went wrong.
   *
   * @param calmFrom since when nothing went wrong any more; the end of time if that never came
   * @param stoppedAt since when users wanted nothing any more; the end of time if it came to no end
   */
  abstract List<Violation> check(long calmFrom, long stoppedAt);

  /** How often what happened. */
  abstract Map<String, Long> tally();
}
