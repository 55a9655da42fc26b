package io.github.batonlock.simulation;

import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Candidates who lead, resign, hand over, fall ill and die.
 *
 * <p>Never do two lead at a time, nor is a term number used twice. Each is told of the beginning
 * and the end of each of his terms, once and in turn. After calm one leads, and all know who.
 */
final class ElectionStory extends RecipeStory {
  private final List<Candidate> candidates = new ArrayList<>();
  private final Set<Long> numbers = new HashSet<>();
  private final Anger anger;

  ElectionStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  /** One process's part. */
  private final class Candidate implements LeaderElection.Listener {
    final Node node;
    final boolean observes;
    final LeaderElection election;
    private @Nullable Term term;
    private boolean ill;

    Candidate(Node node) {
      this.node = node;
      // One of four only looks.
      observes = world.chance(4);
      LeaderElection.Builder builder = LeaderElection.builder(node.client, "e").listener(this);
      if (observes) {
        election = builder.observe();
      } else {
        election =
            builder.candidateId("p" + node.place).healthGate(() -> isCalm() || !ill).campaign();
        later(node, node.terms.lease().multipliedBy(2), this::changeMind);
      }
    }

    private void changeMind() {
      if (isCalm() || !mayBegin(node)) {
        return;
      }
      switch (world.random.nextInt(3)) {
        case 0 -> {
          count("resigned");
          givesUp("resignation", election.resign());
        }
        case 1 -> {
          count("handed over");
          String heir = "p" + world.random.nextInt(world.scenario.terms().size());
          givesUp("handover", election.handOverTo(heir));
        }
        default -> ill = !ill;
      }
      later(node, node.terms.lease().multipliedBy(2), this::changeMind);
    }

    private void givesUp(String how, CompletableFuture<Void> future) {
      calls(UserCall.soonAfter(node.terms.lease(), node, how)).until(future);
    }

    @Override
    public void elected(Term begun) {
      count("elected");
      world.trace(() -> node + " is elected: " + begun);
      if (term != null) {
        violated(node + " was elected to " + begun + " before the end of " + term);
      }
      if (!numbers.add(begun.fencingToken())) {
        violatedByTheRecipe(begun + " has a number that was used before");
      }
      term = begun;
      look();
      anger.mayThrow();
    }

    @Override
    public void termEnded(Term ended, Reason reason) {
      count("ended: " + (reason == Reason.LOST ? "lost" : "given up"));
      world.trace(() -> node + " is told that " + ended + " has ended: " + reason);
      if (term != ended) {
        violated(node + " was told the end of " + ended + " instead of " + term);
      }
      if (reason == Reason.LOST && ended.isHeld()) {
        violated(node + " was told that " + ended + " is lost, which is valid");
      }
      term = null;
      anger.mayCloseClient(ElectionStory.this, node);
      anger.mayThrow();
    }

    @Override
    public void leaderChanged(Optional<Leader> leader) {
      world.trace(() -> node + " sees " + leader);
      anger.mayThrow();
    }
  }

  private List<Candidate> leaders() {
    return candidates.stream()
        .filter(candidate -> !candidate.node.isCrashed() && !candidate.node.machine.isPaused())
        .filter(candidate -> candidate.election.isLeader())
        .toList();
  }

  @Override
  void begin(Node node) {
    candidates.add(new Candidate(node));
  }

  @Override
  void look() {
    List<Candidate> leaders = leaders();
    if (leaders.size() > 1) {
      violatedByTheRecipe("these lead: " + leaders.stream().map(leader -> leader.node).toList());
    }
  }

  @Override
  void settled() {
    List<Candidate> open = candidates.stream().filter(one -> one.node.isOpen()).toList();
    if (open.stream().allMatch(candidate -> candidate.observes)) {
      return;
    }
    List<Candidate> leaders = leaders();
    if (leaders.isEmpty()) {
      violated("nobody leads, all being well");
      return;
    }
    long number = leaders.get(0).election.term().orElseThrow().fencingToken();
    for (Candidate one : open) {
      if (one.election.leader().map(Leader::term).orElse(0L) != number) {
        violatedByTheRecipe(
            one.node + " sees " + one.election.leader() + " instead of term " + number);
      }
    }
  }

  @Override
  void end() {
    candidates.stream()
        .filter(one -> one.node.isOpen())
        .forEach(
            one -> one.node.machine.run(() -> one.givesUp("close", one.election.closeAsync())));
  }
}
