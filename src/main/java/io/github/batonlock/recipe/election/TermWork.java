package io.github.batonlock.recipe.election;

import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.GuardedBy;
import io.github.batonlock.internal.runtime.OwnThread;
import io.github.batonlock.internal.runtime.Printable;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.recipe.election.LeaderElection.Work;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The user's work for the time of one term, on a thread of its own. It does not begin for a term
 * that has ended, and is interrupted once when its term ends. Any thread.
 */
final class TermWork {
  private enum Stage {
    NOT_BEGUN,
    RUNS,
    OVER
  }

  /** Learns that the work has ended its term. */
  @FunctionalInterface
  interface Ended {
    /**
     * The term, which went on until now, has ended.
     *
     * @param failure what the work has thrown, if it is an exception
     */
    void by(TermWork work, Reason reason, @Nullable Exception failure);
  }

  private final Term term;
  private final @Nullable Work work;
  private final Ended ended;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  @GuardedBy("this")
  private Stage stage = Stage.NOT_BEGUN;

  @GuardedBy("this")
  private @Nullable OwnThread thread;

  /**
   * Creates work that has not begun.
   *
   * @param work null for none
   * @param ended called on the thread of the work, if it returns or throws while the term goes on
   */
  TermWork(Term term, @Nullable Work work, Ended ended) {
    this.term = term;
    this.work = work;
    this.ended = ended;
  }

  Term term() {
    return term;
  }

  /** Begins, unless there is no work or the term is over. */
  synchronized void begin(RecipeSupport support) {
    Work begun = work;
    if (begun != null && stage == Stage.NOT_BEGUN && term.isHeld()) {
      thread =
          support.startThread(
              "baton-term-" + Printable.of(term.key().toString()), () -> run(begun));
      stage = Stage.RUNS;
    }
  }

  /** The term has ended: interrupts the work, or lets it never begin. */
  synchronized void stop() {
    OwnThread begun = thread;
    if (begun == null) {
      done.complete(null);
    } else if (stage == Stage.RUNS) {
      begun.interrupt();
    }
    stage = Stage.OVER;
  }

  /** Complete once no work of the term runs, nor will begin. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** Whether the work itself makes this call. */
  synchronized boolean isCurrent() {
    return thread != null && thread.isCurrent();
  }

  private void run(Work begun) {
    Reason reason = Reason.FAILED;
    Exception failure = null;
    try {
      begun.lead(term);
      reason = Reason.RESIGNED;
    } catch (Exception e) {
      failure = e;
    } finally {
      returned(reason, failure);
    }
  }

  private void returned(Reason reason, @Nullable Exception failure) {
    synchronized (this) {
      // From here on, an interrupt would meet the handler of an error.
      stage = Stage.OVER;
    }
    if (term.isHeld() && term.end(reason)) {
      ended.by(this, reason, failure);
    }
    done.complete(null);
  }
}
