package io.github.batonlock.internal.observe;

import io.github.batonlock.LockKey;
import io.github.batonlock.internal.config.ClientConfig;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A probe that finds out whether a lock may be acquired now, without trying. For a caller that
 * wants any of several locks.
 *
 * <p>The probe does not decide whether the lock is granted: the condition of a write does. Its
 * reads count as observations, so repeated reads recognize a silent holder.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class AvailabilityProbe {
  private final ClientConfig config;
  private final RequestDispatcher requests;
  private final ItemClassifier classifier;
  private final SessionObservers sessions;
  private final LocalHolds holds;

  public AvailabilityProbe(
      ClientConfig config,
      RequestDispatcher requests,
      ItemClassifier classifier,
      SessionObservers sessions,
      LocalHolds holds) {
    this.config = config;
    this.requests = requests;
    this.classifier = classifier;
    this.sessions = sessions;
    this.holds = holds;
  }

  /**
   * Looks at a lock with one read, or two where its lease is shared.
   *
   * @param key the lock
   * @param consistent whether the read has to see every write answered before
   * @param patience how long each read may take; shortened to the time of one request, and never
   *     shorter than one attempt
   * @param mayBeFree completed with whether a try may succeed
   */
  public void look(
      LockKey key, boolean consistent, Duration patience, CompletableFuture<Boolean> mayBeFree) {
    if (holds.isHeldHere(key)) {
      mayBeFree.complete(false);
    } else {
      Timeouts limits = RequestTimeouts.patient(config.terms()).within(patience);
      read(key, consistent, limits, finding -> found(finding, limits, mayBeFree), mayBeFree);
    }
  }

  private void read(
      LockKey key,
      boolean consistent,
      Timeouts limits,
      Consumer<Finding> then,
      CompletableFuture<Boolean> mayBeFree) {
    requests.read(
        key,
        consistent,
        limits,
        answer -> then.accept(classifier.classify(key, answer.item().state(), consistent)),
        mayBeFree::completeExceptionally);
  }

  private void found(Finding finding, Timeouts limits, CompletableFuture<Boolean> mayBeFree) {
    if (finding instanceof Finding.Shared shared && !sessions.isOver(shared.session())) {
      read(
          shared.session(),
          false,
          limits,
          ofSession -> mayBeFree.complete(isOver(ofSession)),
          mayBeFree);
    } else {
      mayBeFree.complete(isOver(finding));
    }
  }

  /** Whether no holder is known to be alive. Also an item that is not a lock: a try will tell. */
  private static boolean isOver(Finding finding) {
    return !(finding instanceof Finding.Live);
  }
}
