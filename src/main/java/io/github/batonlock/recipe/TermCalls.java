package io.github.batonlock.recipe;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.recipe.LeaderElection.Listener;
import io.github.batonlock.recipe.LeaderElection.Reason;
import io.github.batonlock.recipe.LeaderElection.Term;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a listener of the terms of its candidate: {@code elected}, then {@code termEnded}, one
 * after the other has returned, and nothing of a term that was over before it could be told. On an
 * executor of its own, so that a callback that blocks holds up no decision.
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class TermCalls {
  private final Listener listener;
  private final Executor calls;
  private final Executor state;

  /** The term that was told last; on the executor of the calls. */
  private @Nullable Term told;

  TermCalls(RecipeSupport support, Listener listener, Executor state) {
    this.listener = listener;
    this.calls = support.serial();
    this.state = state;
  }

  /**
   * A term has begun.
   *
   * @param ends told, on the state's executor, if it has to end at once
   */
  void elected(Term term, Consumer<Reason> ends) {
    calls.execute(() -> tellElected(term, ends));
  }

  private void tellElected(Term term, Consumer<Reason> ends) {
    if (!term.isValid()) {
      // After a pause: nobody is to begin what is over.
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
   * A term is over.
   *
   * @param stopped told, on the state's executor, when its work is done
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
