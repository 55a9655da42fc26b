package io.github.batonlock.recipe.election;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockWatch;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An election's view of its leader: which candidate leads, and what the listener learns of the
 * leader and of trouble. Any thread may call {@link #leader}; the other methods run on the state's
 * executor.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class LeaderView {
  private final Candidate.Options options;
  private final Executor news;
  private volatile @Nullable LockWatch watch;
  private volatile @Nullable Term own;
  private volatile long lastOwn;
  private Optional<Leader> told = Optional.empty();
  private boolean hasTold;
  private boolean isKnown;
  private boolean readsFail;
  private boolean campaignsFail;

  LeaderView(Candidate.Options options, RecipeSupport support) {
    this.options = options;
    this.news = support.serial();
  }

  /** Begins to watch the lock. */
  void start(LockClient client, Executor state) {
    watch = client.watch(options.key(), seen -> state.execute(() -> saw(seen)));
  }

  void stop() {
    LockWatch looking = watch;
    if (looking != null) {
      looking.close();
    }
  }

  /** Records that this candidate leads, or no longer leads. */
  void own(@Nullable Term term) {
    Term before = own;
    if (before != null) {
      lastOwn = before.fencingToken();
    }
    own = term;
    isKnown = isKnown || term != null;
    update();
  }

  /**
   * Returns the leader, as far as it is known now. Never a term of this candidate that is over,
   * whatever was last read.
   */
  Optional<Leader> leader() {
    Term mine = own;
    if (mine != null && mine.isHeld()) {
      return Optional.of(new Leader(options.candidateId(), mine.fencingToken(), options.payload()));
    }
    LockWatch looking = watch;
    long over = mine == null ? lastOwn : mine.fencingToken();
    return looking == null
        ? Optional.empty()
        : of(looking.current()).filter(leader -> leader.term() > over);
  }

  /** Returns the term of a leader that shows signs of life; empty if there is none. */
  OptionalLong alive() {
    LockWatch looking = watch;
    if (looking == null || looking.current().liveness() != Liveness.ALIVE) {
      return OptionalLong.empty();
    }
    return looking.current().holder().map(LockInfo::fencingToken).orElse(OptionalLong.empty());
  }

  private Optional<Leader> of(LockWatch.State seen) {
    return seen.liveness() == Liveness.DEAD
        ? Optional.empty()
        : seen.holder().flatMap(this::leading);
  }

  /**
   * Returns the leader that an item shows. A new holder of the lock leads only after it has written
   * so.
   */
  private Optional<Leader> leading(LockInfo holder) {
    return LeaderRecord.parse(holder.data())
        .filter(left -> holder.fencingToken().orElse(0) == left.term())
        .map(left -> new Leader(left.candidateId(), left.term(), left.payload()));
  }

  private void saw(LockWatch.State seen) {
    Optional<LockException> problem = seen.problem();
    boolean wereWell = areWell();
    readsFail = problem.isPresent();
    if (wereWell && problem.isPresent()) {
      tell(problem.get());
    }
    isKnown = isKnown || seen.liveness() != Liveness.UNKNOWN || seen.lock().isPresent();
    update();
  }

  void campaignFailed(LockException failure) {
    boolean wereWell = areWell();
    campaignsFail = true;
    if (wereWell) {
      tell(failure);
    }
  }

  void campaignIsWell() {
    campaignsFail = false;
  }

  private boolean areWell() {
    return !readsFail && !campaignsFail;
  }

  private void tell(LockException failure) {
    news.execute(() -> options.listener().troubled(failure));
  }

  private void update() {
    Optional<Leader> now = leader();
    if (isKnown && !(hasTold && now.equals(told))) {
      told = now;
      hasTold = true;
      news.execute(() -> options.listener().leaderChanged(now));
    }
  }
}
