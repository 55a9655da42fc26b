package io.github.batonlock.simulation;

import io.github.batonlock.LockKey;
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
 * Candidates of some ranks that lead, resign, hand over, yield, fall ill and die.
 *
 * <p>Two candidates never lead at the same time, and no term number is used twice. Each leader is
 * told of the beginning and the end of each of its terms, once and in turn. After calm one
 * candidate leads, and all observers know it. The work of a term is interrupted at its end. A
 * leader that gives up keeps the lock until its work has returned. A leader yields only if a
 * candidate of higher rank lives, and after calm no candidate of lower rank leads. As long as the
 * others stand back, only the candidate that a hand-over names is elected.
 */
final class ElectionStory extends RecipeStory {
  private static final LockKey KEY = LockKey.of("e");
  private static final int RANKS = 3;

  /** Clocks run up to 9.5 % fast: what a time is at least. */
  private static final double FASTEST = 1.1;

  private final List<Candidate> candidates = new ArrayList<>();
  private final Set<Long> numbers = new HashSet<>();
  private @Nullable Promise promise;
  private long lastYield = Long.MIN_VALUE / 2;
  private final Anger anger;

  ElectionStory(SimulatedWorld world) {
    super(world);
    anger = new Anger(world);
  }

  /** A hand-over that the lock names. */
  private record Promise(String heir, long madeAt) {}

  /** One process's part. */
  private final class Candidate implements LeaderElection.Listener {
    final Node node;
    final boolean observes;
    final int rank;
    final Duration leastTerm;
    final LeaderElection election;
    private @Nullable String heir;
    private @Nullable Term term;
    private long termBegan;
    private @Nullable Working working;
    private boolean ill;
    private long illSince = Long.MAX_VALUE;

    Candidate(Node node) {
      this.node = node;
      // One of four only looks.
      observes = world.chance(4);
      rank = world.random.nextInt(RANKS);
      leastTerm = world.upTo(node.terms.lease().multipliedBy(3));
      LeaderElection.Builder builder = LeaderElection.builder(node.client, KEY).listener(this);
      if (observes) {
        election = builder.observe();
      } else {
        builder.candidateId(id()).healthGate(() -> isCalm() || !ill);
        builder.rank(rank).leastTerm(leastTerm);
        election = (node.place % 2 == 0 ? builder.work(this::lead) : builder).campaign();
        later(node, node.terms.lease().multipliedBy(2), this::changeMind);
      }
    }

    /** Whether it may have campaigned at some time since then, or nearly. */
    boolean mayHaveWaited(long since) {
      boolean isHindered = node.wasHindered(since - (world.now() - since), world.now());
      boolean isIll = !isCalm() && illSince < since && !isHindered;
      return !observes && node.livedAt(since) && !isIll;
    }

    String id() {
      return "p" + node.place;
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
          heir = "p" + world.random.nextInt(world.scenario.terms().size());
          givesUp("handover", election.handOverTo(heir));
        }
        default -> {
          ill = !ill;
          illSince = ill ? world.now() : Long.MAX_VALUE;
        }
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
          node.machine.after(world.upTo(longest.multipliedBy(8)), () -> mayReturn(over));
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

    private void mayReturn(CompletableFuture<Void> over) {
      if (!isCalm()) {
        over.complete(null);
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
      termBegan = world.now();
      heir = null;
      lookAtPromise(this);
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
      if (reason == Reason.YIELDED) {
        lookAtYield(this);
      } else if (reason == Reason.HANDED_OVER) {
        promise = promised(this, ended);
      }
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

    /**
     * Whether its process stood still before the end: it may not know yet that it lost the lock.
     */
    boolean mayHaveLost() {
      return node.stoodStill(endedAt - node.terms.lease().toNanos(), endedAt);
    }

    /** Whether it has been the turn of its process since its term ended. */
    boolean ranOn(long now) {
      boolean stands = node.isCrashed() || node.machine.isPaused();
      return endedAt < now && !stands && !node.stoodStill(endedAt, now);
    }
  }

  private Stream<Working> works() {
    return candidates.stream().map(one -> one.working).filter(Objects::nonNull);
  }

  /** No other leader begins while the work of a leader that gives up still runs. */
  private void lookAtOthersWork(Candidate elected) {
    works()
        .filter(work -> work.node != elected.node && work.ranOn(world.now()))
        .filter(work -> !work.mayHaveLost())
        .filter(work -> work.term.lock().revocation().isEmpty())
        .filter(work -> world.now() - work.endedAt < work.node.terms.lease().toNanos())
        .forEach(
            work ->
                violatedByTheRecipe(
                    elected.node + " is elected while " + work.node + " works: " + work.term));
  }

  /** A leader yields to a candidate of higher rank that waits, or did until a moment ago. */
  private void lookAtYield(Candidate leader) {
    count("yielded");
    lastYield = world.now();
    long lately = world.now() - world.scenario.lease().toNanos();
    boolean mayYield =
        candidates.stream()
            .filter(other -> other.mayHaveWaited(lately))
            .anyMatch(other -> other.rank > leader.rank);
    if (!mayYield && !leader.node.wasHindered(lately, world.now())) {
      violatedByTheRecipe(leader.node + " yields, and none of higher rank waits");
    }
  }

  /** The hand-over, if the lock names its candidate for certain, and the leader has it still. */
  private @Nullable Promise promised(Candidate leader, Term ended) {
    String heir = leader.heir;
    Row row = world.history.row(KEY);
    boolean isKept = !row.released() && row.token() == ended.fencingToken();
    boolean mayVanish = world.scenario.has(Scenario.Hazard.DELETE_ON_RELEASE);
    if (heir == null || heir.equals(leader.id()) || row.data() == null || !isKept || mayVanish) {
      return null;
    }
    String named = "\u0001\u0000" + (char) heir.length() + heir;
    return row.data().contains(named) ? new Promise(heir, world.now()) : null;
  }

  private void lookAtPromise(Candidate elected) {
    Promise last = promise;
    promise = null;
    if (last == null || last.heir().equals(elected.id()) || hadTheLock(last)) {
      return;
    }
    long standBack = elected.node.terms.lease().toNanos() / 2;
    if ((world.now() - last.madeAt()) * FASTEST < standBack) {
      violatedByTheRecipe(elected.node + " is elected, instead of " + last.heir());
    }
  }

  /** The heir got the lock, and lost it or gave it up before its term began. */
  private boolean hadTheLock(Promise made) {
    return world.history.commitsOf(KEY).stream()
        .filter(commit -> commit.at() >= made.madeAt() && commit.send() != null)
        .filter(commit -> commit.before().released() && !commit.after().released())
        .anyMatch(
            commit ->
                candidates.stream()
                    .filter(candidate -> candidate.id().equals(made.heir()))
                    .anyMatch(heir -> heir.node == commit.send().node()));
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
        .filter(work -> work.ranOn(world.now()))
        .filter(work -> !work.interrupted)
        .forEach(work -> violated(work.node + " was not interrupted at the end of " + work.term));
  }

  @Override
  void settled() {
    List<Candidate> open = candidates.stream().filter(one -> one.node.isOpen()).toList();
    if (open.stream().allMatch(candidate -> candidate.observes)) {
      return;
    }
    if (world.now() - lastYield < world.scenario.lease().toNanos()) {
      // The next leader is being elected, or was just now.
      return;
    }
    List<Candidate> leaders = leaders();
    if (leaders.isEmpty()) {
      violated("nobody leads, all being well");
      return;
    }
    lookAtRanks(leaders.get(0), open);
    long number = leaders.get(0).election.term().orElseThrow().fencingToken();
    for (Candidate one : open) {
      if (one.election.leader().map(Leader::term).orElse(0L) != number) {
        violatedByTheRecipe(
            one.node + " sees " + one.election.leader() + " instead of term " + number);
      }
    }
  }

  /** Those of higher rank have had the time to claim the leadership. */
  private void lookAtRanks(Candidate leader, List<Candidate> open) {
    Duration enough = leader.leastTerm.plus(world.scenario.lease().multipliedBy(3));
    if (world.now() - leader.termBegan < enough.toNanos() * FASTEST) {
      return;
    }
    open.stream()
        .filter(other -> !other.observes && other.working == null && other.rank > leader.rank)
        .forEach(
            other ->
                violatedByTheRecipe(
                    leader.node + " leads, and " + other.node + " is of higher rank"));
  }

  @Override
  void end() {
    candidates.stream()
        .filter(one -> one.node.isOpen())
        .forEach(
            one -> one.node.machine.run(() -> one.givesUp("close", one.election.closeAsync())));
  }
}
