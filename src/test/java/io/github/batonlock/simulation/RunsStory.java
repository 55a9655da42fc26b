package io.github.batonlock.simulation;

import io.github.batonlock.HeldLock;
import io.github.batonlock.Leases;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockRequest;
import io.github.batonlock.recipe.RunOnce;
import io.github.batonlock.recipe.RunOnce.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Workers that do the runs of a job, those of now and those of earlier, each by a blocking call.
 *
 * <p>A run whose record is confirmed never begins again, and is told as done only after some work
 * of it has returned. Never do two workers believe at a time that a run is theirs. After calm no
 * worker waits for a run that no worker does.
 */
final class RunsStory extends RecipeStory {
  private static final int WORKERS_PER_NODE = 2;
  private static final String JOB = "job";

  /** How long, in leases, a dead worker and one that has just begun may keep others waiting. */
  private static final int LEASES_UNTIL_PROGRESS = 3;

  private final List<Working> working = new ArrayList<>();
  private final List<Waiting> waits = new ArrayList<>();

  /** The runs of which some work has returned. */
  private final Set<String> returned = new HashSet<>();

  /** The runs whose record is confirmed, with the number of commits at that moment. */
  private final Map<String, Integer> confirmed = new HashMap<>();

  private final Anger anger;
  private long lastProgress;

  RunsStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  /** The work of a run, from its begin to its end. */
  private record Working(Node node, String run, HeldLock lock, int commitsBefore) {
    boolean believes() {
      return !node.isCrashed() && !node.machine.isPaused() && lock.isHeld();
    }

    @Override
    public String toString() {
      return node + "'s work of " + run + " (token " + lock.fencingToken() + ")";
    }
  }

  private record Waiting(Node node, String run, long since) {}

  /** The work has failed. */
  private static final class GivenUp extends Exception {
    private static final long serialVersionUID = 1L;

    GivenUp(String run) {
      super("the work of " + run + " has failed");
    }
  }

  @Override
  void begin(Node node) {
    for (int i = 0; i < WORKERS_PER_NODE; i++) {
      rest(node);
    }
  }

  private void rest(Node node) {
    later(
        node,
        node.terms.lease(),
        () -> {
          if (mayBegin(node)) {
            node.block(() -> wants(node, someRun()));
          }
        });
  }

  /** By its scheduled time: that of now, or an earlier one. */
  private String someRun() {
    int latest = (int) (world.now() / world.scenario.lease().toNanos());
    return "r" + (world.chance(2) ? latest : world.random.nextInt(latest + 1));
  }

  private static LockKey key(String run) {
    return LockKey.of(JOB + "/" + run);
  }

  private RunOnce runOnce(Node node, String run) {
    List<Leases> leases = world.scenario.leases();
    Leases picked = leases.get(world.random.nextInt(leases.size()));
    return RunOnce.of(node.client, LockRequest.builder(JOB).leases(picked).build(), run);
  }

  private void wants(Node node, String run) {
    boolean waits = world.chance(2);
    Duration patience =
        !waits
            ? Duration.ZERO
            : world.chance(4)
                ? world.upTo(node.terms.lease())
                : world.scenario.lease().multipliedBy(20);
    Waiting waiting = new Waiting(node, run, world.now());
    // It looks before it waits.
    UserCall call = UserCall.soonAfter(patience.plus(node.terms.lease()), node, "wait for " + run);
    if (waits) {
      this.waits.add(waiting);
    }
    calls(call);
    world.trace(() -> node + " wants " + run);
    try {
      calls(node, run, waits ? patience : null, waiting, call);
    } catch (GivenUp e) {
      count("given up");
    } catch (InterruptedException e) {
      count("interrupted");
    } catch (RuntimeException e) {
      count("refused: " + e.getClass().getSimpleName());
      if (!isDocumented(e, node)) {
        violated(node + " could not do " + run + ": " + e);
      }
    }
    this.waits.remove(waiting);
    call.end();
    rest(node);
  }

  private void calls(
      Node node, String run, @Nullable Duration patience, Waiting waiting, UserCall call)
      throws GivenUp, InterruptedException {
    RunOnce runOnce = runOnce(node, run);
    UserCall[] recording = new UserCall[1];
    int[] commitsBefore = new int[1];
    LockClient.Work<GivenUp> work =
        lock -> {
          waits.remove(waiting);
          call.end();
          commitsBefore[0] = world.history.commits.size();
          works(new Working(node, run, lock, commitsBefore[0]));
          recording[0] = calls(UserCall.soonAfter(node.terms.lease(), node, "record of " + run));
        };
    Outcome outcome;
    try {
      outcome = patience == null ? runOnce.tryRun(work) : runOnce.run(patience, work);
    } finally {
      if (recording[0] != null) {
        recording[0].end();
      }
    }
    came(node, run, outcome, commitsBefore[0]);
  }

  private void works(Working mine) throws GivenUp {
    world.trace(() -> mine + " begins");
    count("begun");
    lastProgress = world.now();
    Integer since = confirmed.get(mine.run);
    if (since != null && !wasTamperedWith(mine.run, since)) {
      violated(mine + " begins, although " + mine.run + " was done before");
    }
    HeldLock unused = mine.lock.onRevoked(revocation -> lost(mine.node));
    working.add(mine);
    try {
      int steps = isCalm() ? 1 : world.random.nextInt(1, 5);
      for (int i = 0; i < steps && mine.lock.revocation().isEmpty(); i++) {
        look();
        mine.node.pass(world.upTo(mine.node.terms.lease().dividedBy(isCalm() ? 16 : 3)));
      }
      look();
      if (world.chance(6)) {
        throw new GivenUp(mine.run);
      }
      returned.add(mine.run);
    } finally {
      working.remove(mine);
      lastProgress = world.now();
    }
  }

  private void lost(Node node) {
    count("lost");
    anger.mayCloseClient(this, node);
    anger.mayThrow();
  }

  private void came(Node node, String run, Outcome outcome, int commitsBefore) {
    world.trace(() -> node + " is told that " + run + " is " + outcome);
    count("told: " + outcome);
    switch (outcome) {
      case DONE -> {
        var row = world.table.row(key(run));
        boolean isRecorded = row != null && row.containsKey("data");
        if (!isRecorded && !wasTamperedWith(run, commitsBefore)) {
          violated(node + " was told that it has done " + run + ", which has no record");
        }
        confirmed.putIfAbsent(run, commitsBefore);
      }
      case DONE_BEFORE -> {
        if (!returned.contains(run)) {
          violated(node + " was told that " + run + " was done, which no worker has done");
        }
      }
      case RUNNING -> {}
    }
  }

  /** Whether an operator or the time to live has changed the item since that commit. */
  private boolean wasTamperedWith(String run, int commitsBefore) {
    List<Commit> commits = world.history.commits;
    return commits.subList(commitsBefore, commits.size()).stream()
        .anyMatch(commit -> commit.send() == null && commit.key().equals(key(run)));
  }

  @Override
  void look() {
    Map<String, Working> believer = new HashMap<>();
    for (Working one : working) {
      Working other = one.believes() ? believer.put(one.run, one) : null;
      if (other != null) {
        violatedByTheRecipe("both believe in " + one.run + ": " + other + " and " + one);
      }
    }
  }

  @Override
  void settled() {
    long longest = world.scenario.lease().multipliedBy(LEASES_UNTIL_PROGRESS).toNanos();
    List<Waiting> late =
        waits.stream()
            .filter(wait -> wait.node.isOpen() && world.now() - wait.since > longest)
            .toList();
    if (!late.isEmpty() && !mayHaveGhosts() && world.now() - lastProgress > longest) {
      violated("no work for " + LEASES_UNTIL_PROGRESS + " leases, all being well: " + late);
    }
  }

  /** What arrives late and names a session lasts as long as that (docs/reliability.md). */
  private boolean mayHaveGhosts() {
    return world.scenario.has(Scenario.Hazard.SHARED_LEASES)
        && !world.scenario.conditions().isEmpty();
  }

  @Override
  void end() {}
}
