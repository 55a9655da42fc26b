package io.github.batonlock.recipe.election;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the user's code does in the terms of its candidate: {@code elected}, then the work on a
 * thread of its own, and {@code termEnded}. Each call begins after the previous call has returned;
 * only {@code termEnded} does not wait for the work. A term that was over before its {@code
 * elected} call is left out. The calls run on an executor of their own, so that a callback that
 * blocks delays no decision.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class TermNotifier {
  private final RecipeSupport support;
  private final Candidate.Options options;
  private final Executor calls;
  private final Executor state;
  private final BiConsumer<Term, Reason> ends;
  private volatile @Nullable TermWork last;

  /** The last term that the listener was told of; on the executor of the calls. */
  private @Nullable Term told;

  /**
   * Creates a notifier of no term yet.
   *
   * @param ends called, on the state's executor, if a term has to end for what the user's code did
   */
  TermNotifier(
      RecipeSupport support,
      Candidate.Options options,
      Executor state,
      BiConsumer<Term, Reason> ends) {
    this.support = support;
    this.options = options;
    this.calls = support.serial();
    this.state = state;
    this.ends = ends;
  }

  /** Tells the listener that a term has begun, and begins the work. */
  void elected(Term term) {
    TermWork work = new TermWork(term, options.work(), this::endedByWork);
    last = work;
    calls.execute(() -> tellElected(work));
  }

  private void tellElected(TermWork work) {
    Term term = work.term();
    if (!term.isHeld()) {
      // After a pause, no work may begin for a term that is over.
      end(term, Reason.LOST);
      return;
    }
    told = term;
    boolean begun = false;
    try {
      options.listener().elected(term);
      work.begin(support);
      begun = true;
    } finally {
      if (!begun) {
        end(term, Reason.FAILED);
      }
    }
  }

  private void end(Term term, Reason reason) {
    state.execute(() -> ends.accept(term, reason));
  }

  private void endedByWork(TermWork work, Reason reason, @Nullable Exception failure) {
    Term term = work.term();
    if (failure != null) {
      calls.execute(() -> options.listener().workFailed(term, failure));
    }
    end(term, reason);
  }

  /**
   * Stops the work of the last term, and tells the listener that this term is over.
   *
   * @param stopped called, on the state's executor, when the listener and the work have returned
   */
  void ended(Reason reason, Runnable stopped) {
    TermWork work = Objects.requireNonNull(last);
    calls.execute(() -> tellEnded(work, reason, stopped));
    work.stop();
  }

  private void tellEnded(TermWork work, Reason reason, Runnable stopped) {
    Term term = work.term();
    try {
      if (told == term) {
        options.listener().termEnded(term, reason);
      }
    } finally {
      CompletableFuture<Void> unused =
          work.done().whenComplete((done, never) -> state.execute(stopped));
    }
  }

  /** Whether the work of a term makes this call. Any thread. */
  boolean isInWork() {
    TermWork work = last;
    return work != null && work.isCurrent();
  }
}
