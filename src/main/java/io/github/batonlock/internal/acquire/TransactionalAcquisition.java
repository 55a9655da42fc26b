package io.github.batonlock.internal.acquire;

import io.github.batonlock.HeldLock;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.LockListener.AcquisitionEnded.How;
import io.github.batonlock.LockListener.AcquisitionEnded.Outcome;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.request.Backoff;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.session.SessionRef;
import io.github.batonlock.internal.store.GrantsAnswer;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One try to take several locks in one transaction.
 *
 * <pre>
 *   write all --rejected--------------------------------> refused, naming one that is held
 *     | `--applied, or no answer--> look --all ours-----> granted, counted from the send
 *     '--certainly not applied--> failed  '--not ours---> failed; what may land yet is freed
 * </pre>
 *
 * <p>The answer to a transaction does not contain the items that it has written. So one consistent
 * read of all items follows: it gives the fencing tokens, and shows whether a transaction without
 * an answer was applied. Each lock's write is the same as that of a single acquisition, with a
 * version of its own, and follows all rules of protocol section 5, as in {@link UnsettledGrants}.
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class TransactionalAcquisition implements PendingWork.Unfinished {
  private final EventLoop loop;
  private final RequestDispatcher requests;
  private final PendingWork work;
  private final ActiveHolds holds;
  private final HolderObserver observer;
  private final List<Part> parts;
  private final Timeouts timeouts;
  private final Backoff backoff;
  private final long began;
  private final CompletableFuture<List<HeldLock>> result = new CompletableFuture<>();

  /** The versions that were sent, in the order of the parts. */
  private final List<String> versions = new ArrayList<>();

  private @Nullable LockStoreException noAnswer;

  /** One of the locks. */
  private record Part(AcquireSpec spec, UnsettledGrants grants) {
    LockKey key() {
      return spec.key();
    }

    SessionRef session() {
      return grants.session();
    }
  }

  /** A try that has not started. Six parts, since it meets all sides of its client, too. */
  public TransactionalAcquisition(
      List<AcquireSpec> specs,
      EventLoop loop,
      RequestDispatcher requests,
      PendingWork work,
      ActiveHolds holds,
      GrantFactory grants,
      HolderObserver observer) {
    this.loop = loop;
    this.requests = requests;
    this.work = work;
    this.holds = holds;
    this.observer = observer;
    this.parts = specs.stream().map(spec -> new Part(spec, grants.of(spec))).toList();
    var shortest =
        specs.stream()
            .map(AcquireSpec::terms)
            .min(Comparator.comparing(terms -> terms.lease()))
            .orElseThrow();
    this.timeouts = limits(RequestTimeouts.patient(shortest), specs.get(0));
    this.backoff = requests.backoff(shortest);
    this.began = loop.now().nanos();
  }

  /** A try that may not wait has the time of one request, like each other last try. */
  private static Timeouts limits(Timeouts whole, AcquireSpec spec) {
    Duration wait = spec.maxWait();
    return wait == null || !spec.mayWait() ? whole : whole.within(wait);
  }

  /**
   * The result: all locks, or the failure. Completed on the loop. Cancelling it gives up the try
   * before it is sent, and frees locks that it obtains after that.
   */
  public CompletableFuture<List<HeldLock>> result() {
    return result;
  }

  /**
   * Tells of the end of this try, once for each lock.
   *
   * @param listener told on the thread that completes the result
   */
  public void onEnd(Consumer<AcquisitionEnded> listener) {
    CompletableFuture<List<HeldLock>> unused =
        result.whenComplete(
            (locks, failure) -> {
              boolean isAcquired = locks != null;
              Outcome outcome = isAcquired ? Outcome.ACQUIRED : Outcomes.withoutLock(failure, true);
              How how = isAcquired ? How.FREE : How.NONE;
              for (Part part : parts) {
                listener.accept(new AcquisitionEnded(part.key(), outcome, how, waited()));
              }
            });
  }

  public void start() {
    if (work.isClosing()) {
      failAsClosed();
      return;
    }
    for (Part part : parts) {
      if (holds.isHeldHere(part.key())) {
        result.completeExceptionally(held(part.key(), holds.infoOf(part.key())));
        return;
      }
    }
    work.begun(this);
    openSessions();
  }

  private void openSessions() {
    if (isGivenUp()) {
      return;
    }
    Optional<Part> closed = parts.stream().filter(part -> !part.session().isReady()).findFirst();
    if (closed.isPresent()) {
      closed.get().session().open(session -> openSessions(), this::sessionFailed);
    } else {
      requests.change(parts.get(0).key(), timeouts.total(), this::send, this::end);
    }
  }

  private void sessionFailed(LockStoreException failure) {
    if (!isGivenUp()) {
      end(failure);
    }
  }

  /** Whether the caller has cancelled, or the client closes; then this ends. */
  private boolean isGivenUp() {
    if (work.isClosing()) {
      end(closedMeanwhile());
      return true;
    }
    if (result.isDone()) {
      end(new CancellationException());
      return true;
    }
    return false;
  }

  private void send(Turn turn) {
    if (isGivenUp()) {
      return;
    }
    if (!parts.stream().allMatch(part -> part.session().isReady())) {
      openSessions();
      return;
    }
    List<LockWrite> writes = new ArrayList<>();
    for (Part part : parts) {
      LockWrite.Grant grant = part.grants().next(null);
      versions.add(grant.version());
      writes.add(part.grants().write(grant, null));
    }
    requests.grantAll(turn, writes, timeouts, this::answered, this::failed);
  }

  private void answered(GrantsAnswer answer) {
    if (answer.applied() || showsOurs(answer)) {
      look();
    } else {
      notApplied();
      end(refusal(answer));
    }
  }

  /** Whether the items show that an earlier attempt of the SDK was applied. */
  private boolean showsOurs(GrantsAnswer answer) {
    for (int i = 0; i < parts.size(); i++) {
      StoredItem item = answer.against().get(i);
      if (item != null && item.hasVersion(versions.get(i))) {
        return true;
      }
    }
    return false;
  }

  private RuntimeException refusal(GrantsAnswer answer) {
    RuntimeException first = null;
    for (int i = 0; i < parts.size(); i++) {
      StoredItem item = answer.against().get(i);
      if (item != null) {
        RuntimeException why = why(parts.get(i), item);
        first = first == null ? why : first;
      }
    }
    return first == null ? notAsWritten() : first;
  }

  private RuntimeException why(Part part, StoredItem stored) {
    if (stored.state() instanceof ItemState.Lock lock && !lock.item().released()) {
      return held(part.key(), observer.infoOf(part.key(), lock.item(), stored));
    } else if (stored.state() instanceof ItemState.NotALock bad) {
      return new MalformedLockItemException(part.key(), bad.attribute(), bad.problem());
    } else if (stored.state() instanceof ItemState.Absent && part.spec().onlyIfExists()) {
      return new LockNotAcquiredException(part.key(), Reason.NO_SUCH_LOCK, waited(), null);
    }
    // The lock was held when the transaction arrived, and is free now.
    return held(part.key(), null);
  }

  private LockNotAcquiredException held(LockKey key, @Nullable LockInfo holder) {
    return new LockNotAcquiredException(key, Reason.HELD, waited(), holder);
  }

  private Duration waited() {
    return Duration.ofNanos(loop.now().nanos() - began);
  }

  private void failed(LockStoreException failure) {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).grants().failed(versions.get(i), failure);
    }
    if (failure.mayHaveBeenApplied()) {
      noAnswer = failure;
      look();
    } else {
      end(failure);
    }
  }

  private void notApplied() {
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).grants().notApplied(versions.get(i));
    }
  }

  // What became of the transaction

  private void look() {
    List<LockKey> keys = parts.stream().map(Part::key).toList();
    Duration patience = noAnswer == null ? patience() : timeouts.total();
    Timeouts limits = timeouts.within(patience.minus(waited()));
    requests.readAll(keys, limits, this::looked, this::lookFailed);
  }

  private void lookFailed(LockStoreException failure) {
    if (noAnswer != null) {
      end(noAnswer);
    } else if (failure.kind().isTransient() && mayLookAgain()) {
      loop.schedule(backoff.next(), this::look);
    } else {
      end(failure);
    }
  }

  private boolean mayLookAgain() {
    return firstTooLate() == null && !work.isClosing() && waited().compareTo(patience()) < 0;
  }

  /** How long the caller waits; one try has the time of one request. */
  private Duration patience() {
    AcquireSpec first = parts.get(0).spec();
    Duration wait = first.maxWait();
    return wait == null || !first.mayWait() ? timeouts.total() : wait;
  }

  private void looked(List<StoredItem> items) {
    Part late = firstTooLate();
    for (int i = 0; i < parts.size(); i++) {
      if (!isGranted(i, items.get(i))) {
        end(noAnswer == null ? notAsWritten() : noAnswer);
        return;
      }
    }
    if (work.isClosing()) {
      end(closedMeanwhile());
    } else if (late != null) {
      ClockReading sentAt = late.grants().sent(versions.get(parts.indexOf(late))).at();
      long used = loop.now().holderElapsedSince(sentAt);
      end(Refusals.grantedTooLate(late.key(), late.spec().terms(), used));
    } else {
      granted(items);
    }
  }

  private boolean isGranted(int i, StoredItem item) {
    return item.hasVersion(versions.get(i))
        && item.state() instanceof ItemState.Lock lock
        && !lock.item().released();
  }

  /** The first lock that was granted after its lease had ended; null if there is none. */
  private @Nullable Part firstTooLate() {
    ClockReading now = loop.now();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (part.grants().sent(versions.get(i)).isOver(part.spec().terms(), now)) {
        return part;
      }
    }
    return null;
  }

  private LockStoreException notAsWritten() {
    return new LockStoreException(
        LockStoreException.Kind.CONFLICT,
        true,
        "Locks "
            + parts.stream().map(Part::key).toList()
            + " were granted together, but not all items are as written: another client or"
            + " an operator has written to them since. Try again",
        null);
  }

  private void granted(List<StoredItem> items) {
    List<DefaultHeldLock> locks = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      locks.add(hold(parts.get(i), versions.get(i), items.get(i)));
    }
    parts.forEach(part -> part.session().leave());
    work.finished(this);
    locks.forEach(DefaultHeldLock::handedOver);
    if (!result.complete(List.copyOf(locks))) {
      locks.forEach(DefaultHeldLock::discard);
    }
    locks.forEach(DefaultHeldLock::acquired);
  }

  private DefaultHeldLock hold(Part part, String version, StoredItem stored) {
    observer.taken(part.key());
    return part.grants().hold(version, ((ItemState.Lock) stored.state()).item());
  }

  // End without the locks

  private void end(RuntimeException why) {
    for (Part part : parts) {
      part.grants().freeWhatMayHaveLanded();
      part.session().leave();
    }
    work.finished(this);
    result.completeExceptionally(why);
  }

  /** The loop has stopped before this ended. */
  public void failAsClosed() {
    result.completeExceptionally(closedMeanwhile());
  }

  private LockNotAcquiredException closedMeanwhile() {
    return new LockNotAcquiredException(parts.get(0).key(), Reason.CLIENT_CLOSED, waited(), null);
  }
}
