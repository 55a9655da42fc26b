package io.github.batonlock.recipe.election;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockClient;
import io.github.batonlock.LockException;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotHeldException;
import io.github.batonlock.Revocation;
import io.github.batonlock.internal.client.Acquiring;
import io.github.batonlock.internal.client.RecipeSupport;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop.Timer;
import io.github.batonlock.recipe.election.LeaderElection.Leader;
import io.github.batonlock.recipe.election.LeaderElection.Listener;
import io.github.batonlock.recipe.election.LeaderElection.Reason;
import io.github.batonlock.recipe.election.LeaderElection.Term;
import io.github.batonlock.recipe.election.LeaderElection.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * One candidate of an election: its state, and its next step. This state, and that of its {@link
 * Campaign}, {@link Challenge}, {@link Handover}, {@link HandoverPreference} and {@link
 * LeaderView}, is touched on one serial executor.
 *
 * <pre>
 *   RESTING --healthy, rested--&gt; CAMPAIGNING --lock--&gt; TAKING --leader record stored--&gt; LEADING
 *      ^ ^--failed, unhealthy, kept for another--'---------'                               |
 *      '--released &lt;-- ENDING: termEnded, and end of the work &lt;--resigned, unhealthy, lost-'
 *   closed: from each of these to OVER, through ENDING if it leads
 * </pre>
 */
@ConfinedTo(ConfinedTo.SERIAL)
final class Candidate {
  private enum Phase {
    RESTING,
    CAMPAIGNING,
    TAKING,
    LEADING,
    ENDING,
    OVER
  }

  /** The settings that the user has given. */
  record Options(
      LockKey key,
      String candidateId,
      int rank,
      Duration leastTerm,
      SdkBytes payload,
      Listener listener,
      @Nullable Work work,
      @Nullable BooleanSupplier healthGate,
      Duration stopTimeout,
      Duration standBack,
      boolean campaigns) {

    /** The record of this candidate as the holder of a lock. */
    LeaderRecord record(HeldLock lock, @Nullable String heir) {
      return new LeaderRecord(lock.fencingToken(), candidateId, rank, heir, payload);
    }
  }

  /** A term that ends. */
  private record Ending(Term term, Handover.End end) {}

  private final LockClient client;
  private final RecipeSupport support;
  private final Options options;
  private final LeaderView view;
  private final Executor state;
  private final Campaign campaign;
  private final Challenge challenge;
  private final Handover handover;
  private final HandoverPreference preference;
  private final TermNotifier notifier;
  private final @Nullable HealthGate gate;
  private final List<CompletableFuture<Void>> released = new ArrayList<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile @Nullable Term current;
  private Phase phase = Phase.RESTING;
  private boolean healthy;
  private boolean closing;
  private boolean worksOn;
  private Timer patience = () -> {};
  private @Nullable HeldLock taking;
  private @Nullable Ending ending;

  Candidate(LockClient client, RecipeSupport support, Options options) {
    this.client = client;
    this.support = support;
    this.options = options;
    this.state = support.serial();
    this.notifier = new TermNotifier(support, options, state, this::end);
    this.view = new LeaderView(options, support);
    this.challenge = new Challenge(client, support, options, state);
    this.handover = new Handover(support, options, state, why -> end(current, why));
    this.preference = new HandoverPreference(support, options.candidateId(), options.standBack());
    this.campaign =
        new Campaign(
            client, support, options.key(), state, this::campaignEnded, this::campaignIfPossible);
    BooleanSupplier asked = options.healthGate();
    this.gate = asked == null ? null : new HealthGate(support, asked, state, this::healthIs);
    this.healthy = asked == null;
  }

  Options options() {
    return options;
  }

  void start() {
    view.start(client, state);
    if (options.campaigns()) {
      challenge.start();
      state.execute(this::tick);
    }
  }

  Optional<Term> term() {
    return Optional.ofNullable(current).filter(Term::isHeld);
  }

  Optional<Leader> leader() {
    return view.leader();
  }

  private void tick() {
    if (phase == Phase.OVER) {
      return;
    }
    if (gate != null) {
      gate.ask();
    }
    Term term = current;
    if (term != null && isClosed(term.lock())) {
      end(term, Reason.RESIGNED);
    }
    challenge.consider(view.alive());
    campaign.tellHowItGoes(view::campaignFailed, view::campaignIsWell);
    campaignIfPossible();
    support.after(support.heartbeatInterval(), state, this::tick);
  }

  private static boolean isClosed(HeldLock lock) {
    try {
      lock.ensureHeld();
      return false;
    } catch (LockException e) {
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private void healthIs(boolean answer) {
    healthy = answer;
    if (healthy) {
      campaignIfPossible();
      return;
    }
    cancelCampaign();
    end(current, Reason.UNHEALTHY);
  }

  // Campaigning

  private void campaignIfPossible() {
    if (phase != Phase.RESTING || campaign.isResting() || worksOn || !healthy || closing) {
      return;
    }
    phase = Phase.CAMPAIGNING;
    campaign.begin();
  }

  private void campaignEnded(@Nullable HeldLock lock, @Nullable Throwable failure) {
    phase = Phase.RESTING;
    challenge.campaignEnded();
    if (lock != null) {
      take(lock);
    } else {
      campaignFailed(failure);
    }
  }

  private void cancelCampaign() {
    if (campaign.cancel()) {
      challenge.campaignEnded();
      phase = Phase.RESTING;
    }
  }

  private void campaignFailed(@Nullable Throwable failure) {
    if (failure instanceof LockNotAcquiredException || failure instanceof IllegalStateException) {
      over();
      return;
    }
    if (failure instanceof LockException known && !(known instanceof LockNotHeldException)) {
      view.campaignFailed(known);
    }
    campaign.restAfterFailure();
  }

  private static void giveBack(HeldLock lock) {
    CompletableFuture<Void> unused = lock.closeAsync();
  }

  // Taking office

  private void take(HeldLock lock) {
    if (preference.isForAnother(LeaderRecord.parse(lock.data()))) {
      giveBack(lock);
      campaign.rest(options.standBack());
      return;
    }
    phase = Phase.TAKING;
    taking = lock;
    HeldLock unused = lock.onRevoked(loss -> state.execute(() -> lost(lock, loss)));
    CompletableFuture<Void> unusedToo =
        Acquiring.attempt(() -> lock.updateDataAsync(options.record(lock, null).encoded()))
            .whenComplete((done, failure) -> state.execute(() -> published(lock, failure)));
  }

  private void published(HeldLock lock, @Nullable Throwable failure) {
    if (taking != lock) {
      return;
    }
    taking = null;
    phase = Phase.RESTING;
    if (closing) {
      CompletableFuture<Void> unused =
          lock.closeAsync().whenComplete((done, never) -> state.execute(this::over));
    } else if (failure != null) {
      giveBack(lock);
      campaignFailed(failure);
    } else if (!healthy) {
      giveBack(lock);
    } else {
      lead(lock);
    }
  }

  private void lead(HeldLock lock) {
    phase = Phase.LEADING;
    campaign.succeeded();
    view.campaignIsWell();
    Term term = new Term(lock, this);
    current = term;
    handover.begins(term);
    notifier.elected(term);
    view.own(term);
  }

  // The end of a term

  private void lost(HeldLock lock, Revocation loss) {
    boolean isClientClosed = loss.reason() == Revocation.Reason.CLIENT_CLOSED;
    Term term = current;
    if (taking == lock) {
      taking = null;
      phase = Phase.RESTING;
      campaignIfPossible();
    } else if (term != null && term.lock() == lock) {
      end(term, isClientClosed ? Reason.CLOSED : Reason.LOST);
    }
    // Once the client is closed, no timer runs any more that could end a wait.
    if (isClientClosed || (closing && phase == Phase.RESTING)) {
      over();
    }
  }

  CompletableFuture<Void> resign() {
    return resign(endNow(Reason.RESIGNED));
  }

  /** Ends a term, unless it is over. Any thread. */
  CompletableFuture<Void> resign(@Nullable Term term) {
    return untilReleased(
        () -> {
          end(term, Reason.RESIGNED);
          return phase == Phase.ENDING;
        });
  }

  /** Hands a term over to another candidate, if this one leads. Any thread. */
  CompletableFuture<Void> handOverTo(String heir) {
    return untilReleased(
        () -> {
          if (phase == Phase.LEADING) {
            handover.to(heir);
          }
          return phase == Phase.LEADING || phase == Phase.ENDING;
        });
  }

  /**
   * Begins to end a term.
   *
   * @param begins on the state's executor; returns whether a lock is going to be released
   * @return completes when it is released
   */
  private CompletableFuture<Void> untilReleased(BooleanSupplier begins) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    state.execute(
        () -> {
          if (begins.getAsBoolean()) {
            released.add(done);
          } else {
            complete(done);
          }
        });
    return done;
  }

  /** Ends this candidate's leadership at once, whatever has to be done afterwards. Any thread. */
  private @Nullable Term endNow(Reason reason) {
    Term term = current;
    if (term != null) {
      boolean unused = term.end(reason);
    }
    return term;
  }

  private void end(@Nullable Term term, Reason why) {
    if (term == null || phase != Phase.LEADING || term != current) {
      return;
    }
    Handover.End end = handover.over(why);
    boolean unused = term.end(end.reason());
    current = null;
    phase = Phase.ENDING;
    Ending ends = new Ending(term, end);
    ending = ends;
    worksOn = true;
    view.own(null);
    notifier.ended(end.reason(), () -> stopped(ends));
    patience = support.after(options.stopTimeout(), state, () -> release(ends));
  }

  /** Called when the listener has been told, and the work of the term is done. */
  private void stopped(Ending ends) {
    worksOn = false;
    release(ends);
    campaignIfPossible();
  }

  @SuppressWarnings("ReferenceEquality") // The identity of the ending is what is meant.
  private void release(Ending ends) {
    if (ending != ends) {
      return;
    }
    ending = null;
    patience.cancel();
    HeldLock lock = ends.term().lock();
    Handover.End end = ends.end();
    if (end.heir() != null) {
      preference.handedOver(ends.term().fencingToken());
    }
    CompletableFuture<Void> written =
        end.isWritten()
            ? CompletableFuture.completedFuture(null)
            : Acquiring.attempt(
                () -> lock.updateDataAsync(options.record(lock, end.heir()).encoded()));
    CompletableFuture<Void> unused =
        written
            .exceptionally(failure -> null)
            .thenCompose(done -> lock.closeAsync())
            .whenComplete((done, never) -> state.execute(() -> wasReleased(ends)));
  }

  private void wasReleased(Ending ends) {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.RESTING;
    tellReleased();
    if (closing) {
      over();
    } else if (isToCampaignAgain(ends.end().reason())) {
      campaignIfPossible();
    } else {
      campaign.rest(options.standBack());
    }
  }

  private static boolean isToCampaignAgain(Reason ended) {
    return ended == Reason.LOST || ended == Reason.UNHEALTHY;
  }

  private void tellReleased() {
    List<CompletableFuture<Void>> waiting = List.copyOf(released);
    released.clear();
    waiting.forEach(this::complete);
  }

  /** Completes the user's future on a callback thread, so that the user's code delays nothing. */
  private void complete(CompletableFuture<Void> future) {
    support.serial().execute(() -> future.complete(null));
  }

  // The end

  /** Waits for the release of a lock, except in a callback and in the work, which it waits for. */
  void await(CompletableFuture<Void> released) {
    if (!support.isInCallback() && !notifier.isInWork()) {
      Void unused = support.awaitUninterruptibly(released);
    }
  }

  CompletableFuture<Void> close() {
    Term term = endNow(Reason.CLOSED);
    state.execute(
        () -> {
          closing = true;
          cancelCampaign();
          end(term != null ? term : current, Reason.CLOSED);
          if (phase == Phase.RESTING) {
            over();
          }
        });
    // A copy, because other callers wait for the same end.
    return closed.copy();
  }

  private void over() {
    phase = Phase.OVER;
    campaign.stop();
    challenge.stop();
    patience.cancel();
    view.stop();
    tellReleased();
    complete(closed);
  }
}
