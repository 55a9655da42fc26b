package io.github.batonlock.simulation;

import io.github.batonlock.recipe.election.LeaderElection;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Candidates that lead, resign, hand over, fall ill and die.
 *
 * <p>Two candidates never lead at the same time, and no term number is used twice. Each leader is
 * told of the beginning and the end of each of its terms, once and in turn. After calm one
 * candidate leads, and all observers know it. The work of a term is interrupted at its end. A
 * leader that gives up keeps the lock until its work has returned.
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
    private @Nullable Working working;
    private boolean ill;

    Candidate(Node node) {
      this.node = node;
      // One of four only looks.
      observes = world.chance(4);
      LeaderElection.Builder builder = LeaderElection.builder(node.client, "e").listener(this);
      if (observes) {
        election = builder.observe();
      } else {
        builder.candidateId("p" + node.place).healthGate(() -> isCalm() || !ill);
        election = (node.place % 2 == 0 ? builder.work(this::lead) : builder).campaign();
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

    /** Works on a thread of its own, for some time or until the term ends. */
    private void lead(Term leading) throws Exception {
      Working mine = new Working(node, leading);
      working = mine;
      count("works");
      Duration longest = node.terms.lease();
      boolean forEver = isCalm() || world.chance(2);
      try {
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (!forEver) {
          node.machine.after(world.upTo(longest.multipliedBy(8)), () -> over.complete(null));
        }
        Void unused = node.machine.await(over);
        count("work returned");
        if (world.chance(2)) {
          throw new IllegalStateException("a user's work fails");
        }
      } catch (InterruptedException e) {
        count("work interrupted");
        mine.interrupted = true;
        if (world.chance(2)) {
          node.pass(world.upTo(longest.dividedBy(8)));
        }
      } finally {
        working = null;
      }
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
      lookAtOthersWork(this);
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
      Working stopping = working;
      if (stopping != null) {
        stopping.endedAt = world.now();
      }
      anger.mayCloseClient(ElectionStory.this, node);
      anger.mayThrow();
    }

    @Override
    public void workFailed(Term failed, Exception failure) {
      count("work failed");
      if (term != failed) {
        violated(node + " was told of failed work of " + failed + " in " + term);
      }
      anger.mayThrow();
    }

    @Override
    public void leaderChanged(Optional<Leader> leader) {
      world.trace(() -> node + " sees " + leader);
      anger.mayThrow();
    }
  }

  /** Work of a term that has not returned. */
  private static final class Working {
    private final Node node;
    private final Term term;
    private boolean interrupted;
    private long endedAt = Long.MAX_VALUE;

    Working(Node node, Term term) {
      this.node = node;
      this.term = term;
    }

    /** Whether it has been the turn of its process since its term ended. */
    boolean ranOn(long now) {
      return endedAt < now && !node.isCrashed() && !node.stoodStill(endedAt, now);
    }
  }

  private Stream<Working> works() {
    return candidates.stream().map(one -> one.working).filter(Objects::nonNull);
  }

  /** No other leader begins while the work of a leader that gives up still runs. */
  private void lookAtOthersWork(Candidate elected) {
    works()
        .filter(work -> work.node != elected.node && work.ranOn(world.now()))
        .filter(work -> work.term.lock().revocation().isEmpty())
        .filter(work -> world.now() - work.endedAt < work.node.terms.lease().toNanos())
        .forEach(
            work ->
                violatedByTheRecipe(
                    elected.node + " is elected while " + work.node + " works: " + work.term));
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
    works()
        .filter(work -> work.ranOn(world.now()) && !work.node.machine.isPaused())
        .filter(work -> !work.interrupted)
        .forEach(work -> violated(work.node + " was not interrupted at the end of " + work.term));
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
