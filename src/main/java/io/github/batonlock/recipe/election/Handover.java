package io.github.batonlock.recipe.election;

import io.github.batonlock.HeldLock;
import io.github.batonlock.ReleaseRequest;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hand-over of a term to a named candidate. The leader writes the name into its record, and
 * leads on until that candidate says that it waits.
 *
 * <pre>
 *   LEADS --handOverTo; a claim of higher rank, after the least term--&gt; ANNOUNCED
 *                       the candidate claims: end of the term &lt;-----------'  |
 *                       no claim, handOverTo: end of the term &lt;--------------|
 *     ^-----------------no claim, higher rank: withdrawn --------------------'
 * </pre>
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Handover {
  /** How often the leader asks its item for the claim, in the longest pause of a waiter. */
  private static final int LOOKS_PER_PAUSE = 4;

  private final RecipeSupport support;
  private final Candidate.Options options;
  private final Executor state;
  private final Consumer<Reason> ends;
  private Timer next = () -> {};
  private Timer limit = () -> {};
  private @Nullable Term term;
  private @Nullable RankClaim best;
  private @Nullable Announced announced;
  private long leastUntil;

  /** An announcement of the next leader. */
  private static final class Announced {
    private final String heir;
    private final Reason reason;
    private boolean written;

    Announced(String heir, Reason reason) {
      this.heir = heir;
      this.reason = reason;
    }
  }

  /**
   * The end of a term.
   *
   * @param reason why it ends
   * @param heir the candidate that is to lead next; null for any candidate
   * @param isWritten whether the leader's record says so already
   */
  record End(Reason reason, @Nullable String heir, boolean isWritten) {}

  /**
   * Creates the hand-overs of a candidate that does not lead.
   *
   * @param ends ends the term
   */
  Handover(
      RecipeSupport support, Candidate.Options options, Executor state, Consumer<Reason> ends) {
    this.support = support;
    this.options = options;
    this.state = state;
    this.ends = ends;
  }

  /** A term begins. */
  void begins(Term begun) {
    term = begun;
    leastUntil = support.nanoTime() + options.leastTerm().toNanos();
    HeldLock unused =
        begun.lock().onReleaseRequested(asked -> state.execute(() -> asked(begun, asked)));
  }

  /**
   * The term ends. A hand-over that the user wants is completed, however the term ends. One to a
   * candidate that has not answered is not.
   */
  End over(Reason why) {
    Announced last = announced;
    next.cancel();
    limit.cancel();
    term = null;
    best = null;
    announced = null;
    if (last == null || why == Reason.LOST) {
      return new End(why, null, true);
    } else if (last.reason == Reason.HANDED_OVER || why == Reason.YIELDED) {
      return new End(why == Reason.RESIGNED ? last.reason : why, last.heir, last.written);
    }
    return new End(why, null, false);
  }

  /**
   * The user wants that a candidate leads next. The term ends within twice the longest pause of a
   * waiter, even if the table does not answer.
   */
  void to(String heir) {
    Announced named = announce(heir, Reason.HANDED_OVER);
    limit.cancel();
    limit = support.after(support.longestPause().multipliedBy(2), state, () -> limitReached(named));
  }

  private void limitReached(Announced named) {
    if (lockOf(named) != null) {
      ends.accept(named.reason);
    }
  }

  private void asked(Term of, ReleaseRequest request) {
    if (term == of) {
      RankClaim.parse(request.reason()).ifPresent(this::claims);
    }
  }

  private void claims(RankClaim claim) {
    Announced named = announced;
    if (named != null && named.heir.equals(claim.candidateId())) {
      ends.accept(named.reason);
      return;
    }
    boolean isFree = named == null || named.reason == Reason.YIELDED;
    if (isFree && outranks(claim)) {
      best = claim;
      yieldTo(claim);
    }
  }

  private boolean outranks(RankClaim claim) {
    RankClaim before = best;
    return claim.rank() > options.rank() && (before == null || claim.rank() > before.rank());
  }

  private void yieldTo(RankClaim claim) {
    long early = leastUntil - support.nanoTime();
    if (early > 0) {
      after(Duration.ofNanos(early), () -> yieldTo(claim));
    } else {
      Announced unused = announce(claim.candidateId(), Reason.YIELDED);
    }
  }

  private Announced announce(String heir, Reason reason) {
    Announced named = new Announced(heir, reason);
    announced = named;
    write(named, LOOKS_PER_PAUSE);
    return named;
  }

  /** Writes the announcement. The answer also brings the candidate's claim, if it is there. */
  private void write(Announced named, int looks) {
    HeldLock lock = lockOf(named);
    if (lock == null) {
      return;
    }
    next.cancel();
    CompletableFuture<Void> unused =
        Acquiring.attempt(() -> lock.updateDataAsync(options.record(lock, named.heir).encoded()))
            .whenComplete(
                (done, failure) ->
                    state.execute(
                        () -> {
                          if (lockOf(named) == lock) {
                            written(named, looks, failure);
                          }
                        }));
  }

  private @Nullable HeldLock lockOf(Announced named) {
    Term now = term;
    return now == null || announced != named ? null : now.lock();
  }

  private void written(Announced named, int looks, @Nullable Throwable failure) {
    named.written |= failure == null;
    boolean isWanted = named.reason == Reason.HANDED_OVER;
    if (failure == null && looks > 0) {
      Duration pause = support.longestPause().dividedBy(LOOKS_PER_PAUSE);
      after(pause, () -> write(named, looks - 1));
    } else if (isWanted) {
      ends.accept(named.reason);
    } else if (failure == null) {
      // With a shared lease, the claim comes with a heartbeat of the session.
      after(support.heartbeatInterval(), () -> withdraw(named));
    } else {
      withdraw(named);
    }
  }

  /** The candidate does not wait any more. */
  private void withdraw(Announced named) {
    HeldLock lock = lockOf(named);
    if (lock != null) {
      announced = null;
      best = null;
      CompletableFuture<Void> unused =
          Acquiring.attempt(() -> lock.updateDataAsync(options.record(lock, null).encoded()));
    }
  }

  private void after(Duration delay, Runnable step) {
    next.cancel();
    next = support.after(delay, state, step);
  }
}
