package io.github.batonlock.recipe.election;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls that tell a listener of the terms of its candidate: {@code elected}, then {@code
 * termEnded}, each after the previous call has returned. A term that was over before its {@code
 * elected} call is left out. The calls run on an executor of their own, so that a callback that
 * blocks delays no decision.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class TermNotifier {
  private final Listener listener;
  private final Executor calls;
  private final Executor state;

  /** The last term that the listener was told of; on the executor of the calls. */
  private @Nullable Term told;

  TermNotifier(RecipeSupport support, Listener listener, Executor state) {
    this.listener = listener;
    this.calls = support.serial();
    this.state = state;
  }

  /**
   * Tells the listener that a term has begun.
   *
   * @param ends called, on the state's executor, if the term has to end at once
   */
  void elected(Term term, Consumer<Reason> ends) {
    calls.execute(() -> tellElected(term, ends));
  }

  private void tellElected(Term term, Consumer<Reason> ends) {
    if (!term.isHeld()) {
      // After a pause, no work may begin for a term that is over.
      state.execute(() -> ends.accept(Reason.LOST));
      return;
    }
    told = term;
    boolean begun = false;
    try {
      listener.elected(term);
      begun = true;
    } finally {
      if (!begun) {
        state.execute(() -> ends.accept(Reason.FAILED));
      }
    }
  }

  /**
   * Tells the listener that a term is over.
   *
   * @param stopped called, on the state's executor, when the work of the term is done
   */
  void ended(Term term, Reason reason, Runnable stopped) {
    calls.execute(() -> tellEnded(term, reason, stopped));
  }

  private void tellEnded(Term term, Reason reason, Runnable stopped) {
    try {
      if (told == term) {
        listener.termEnded(term, reason);
      }
    } finally {
      state.execute(stopped);
    }
  }
}
