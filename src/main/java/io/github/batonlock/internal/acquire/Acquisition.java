package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener.AcquisitionEnded;
import io.github.batonlock.LockListener.AcquisitionEnded.How;
import io.github.batonlock.LockListener.AcquisitionEnded.Outcome;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.acquire.HolderObserver.Shown;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Handoff;
import io.github.batonlock.internal.hold.Successors;
import io.github.batonlock.internal.observe.SessionObserver;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.Reading;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.request.RequestDispatcher;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.Timeouts;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition of one lock, from the call to its result.
 *
 * <p>It is a state machine: {@link AcquisitionState} draws its states and transitions. Events come
 * from the queue, the timer, answers to requests, the observer of a session, and the caller. What
 * an item means is {@link HolderObserver}'s to judge.
 *
 * <p>At most one request is under way.
 *
 * <p>An acquisition that is one try ({@code tryAcquire}, or a waiting time of zero) sends no
 * request if this client already knows the answer:
 *
 * <pre>
 *   lock held here ----------------------------------------> held
 *   queue is empty ----------------------------------------> one try, as the first in the queue
 *   the first waits for a holder, or lets others go -------> held
 *   the first waits for the table to answer ---------------> failed, like its last try
 *   the first is about to know: follow it
 *     '--it is granted, or sees a holder-------------------> held
 *     '--the table does not answer it----------------------> failed, like it
 *     '--it ends without knowing---------------------------> as at the beginning
 * </pre>
 */
@ConfinedTo(ConfinedTo.LOOP)
public final class Acquisition
    implements PendingWork.Unfinished, Successors.Successor, SessionObserver.Waiter {
  private final AcquireSpec spec;
  private final boolean oneLook;
  private final AcquisitionTimer timer;
  private final RequestDispatcher requests;
  private final QueuePlace place;
  private final UnsettledGrants grants;
  private final HolderObserver observer;
  private final @Nullable StandingReleaseRequest asking;
  private final Timeouts timeouts;
  private final CompletableFuture<Optional<DefaultHeldLock>> result = new CompletableFuture<>();

  private AcquisitionState state = AcquisitionState.NEW;
  private Consumer<Acquisition> outcomeForFollowers = Acquisition::tryOnce;

  /** The holder at the last observation. */
  private @Nullable LockInfo holder;

  /** The item of that holder. */
  private @Nullable LockItem held;

  /** The last item that named a session of another client. */
  private @Nullable LockItem shared;

  /** The failure of the last request, if no answer has shown the item since. */
  private @Nullable LockStoreException lastFailure;

  /** From which state the lock was acquired. */
  private How how = How.NONE;

  /** Runs when the caller begins to wait, once. */
  private Runnable whenWaiting = () -> {};

  private boolean settledOnce;
  private boolean freedMeanwhile;

  /**
   * An acquisition that has not started. The six parts after the two values are one more than
   * elsewhere: here they meet, and any two of them have nothing to do with each other.
   *
   * @param asking requests the release of the lock from its holders; null if the request does not
   *     say so, and for one try
   */
  Acquisition(
      AcquireSpec spec,
      boolean oneLook,
      AcquisitionTimer timer,
      RequestDispatcher requests,
      QueuePlace place,
      UnsettledGrants grants,
      HolderObserver observer,
      @Nullable StandingReleaseRequest asking) {
    this.spec = spec;
    this.oneLook = oneLook;
    this.timer = timer;
    this.requests = requests;
    this.place = place;
    this.grants = grants;
    this.observer = observer;
    this.asking = asking;
    this.timeouts = RequestTimeouts.patient(spec.terms());
  }

  LockKey key() {
    return spec.key();
  }

  /** The failure of the last request; null if no request failed since the last answer. */
  @Nullable LockStoreException failure() {
    return lastFailure;
  }

  /**
   * The result: the lock; empty if the one try found it held; or the failure. Completed on the
   * loop.
   */
  public CompletableFuture<Optional<DefaultHeldLock>> result() {
    return result;
  }

  /**
   * Tells of the end of this acquisition, once.
   *
   * @param listener told on the thread that completes the result
   */
  public void onEnd(Consumer<AcquisitionEnded> listener) {
    var unused =
        result.whenComplete(
            (lock, failure) -> {
              boolean isAcquired = lock != null && lock.isPresent();
              Outcome outcome =
                  isAcquired ? Outcome.ACQUIRED : Outcomes.withoutLock(failure, isOneTry());
              listener.accept(new AcquisitionEnded(key(), outcome, how, timer.waited()));
            });
  }

  /**
   * Tells of the wait for the lock, if there is one.
   *
   * @param began told on the loop
   * @param ended told on the thread that completes the result
   */
  public void onWait(Consumer<LockKey> began, Consumer<LockKey> ended) {
    whenWaiting =
        () -> {
          began.accept(key());
          var unused = result.whenComplete((lock, failure) -> ended.accept(key()));
        };
  }

  /** The caller waits from now on, if it did not before. */
  private void waits() {
    Runnable told = whenWaiting;
    whenWaiting = () -> {};
    told.run();
  }

  /**
   * Whether this is one try (one look, or a waiting time of zero). It ends with the first
   * observation that shows the lock held.
   */
  private boolean isOneTry() {
    return oneLook || !spec.mayWait();
  }

  /** The state changes here only. */
  private void become(AcquisitionState next) {
    assert timer.isOnLoop();
    assert state.leadsTo(next) : state + " -> " + next;
    state = next;
  }

  boolean isDone() {
    return state.isOver();
  }

  /** Whether no request is under way. */
  private boolean isIdle() {
    return !isDone() && !state.isBusy();
  }

  public void start() {
    place.enter(this);
    if (isOneTry()) {
      tryOnce();
      return;
    }
    join();
    if (place.isFirst(this)) {
      begin();
    }
    if (!isDone()) {
      timer.atEnd(this::timeUp);
    }
    if (isIdle()) {
      waits();
    }
  }

  private void join() {
    become(AcquisitionState.QUEUED);
    place.join(this);
  }

  // One try

  /**
   * Decides the one try by what this client knows about the lock, or is about to know. Sends a
   * write only if this client knows nothing.
   */
  void tryOnce() {
    if (state == AcquisitionState.QUEUED) {
      endAtTimeUp();
      return;
    }
    become(AcquisitionState.FOLLOWING);
    Acquisition first = place.firstOfOthers();
    if (place.isClosing()) {
      clientClosed();
    } else if (place.isHeldHere()) {
      notAcquired(Reason.HELD);
    } else if (first == null) {
      join();
      begin();
    } else if (first.isDecided()) {
      endLike(first);
    } else {
      place.follow(this);
    }
  }

  /**
   * Ends like the first in the queue, which waits for the lock, or for the table to answer again.
   */
  private void endLike(Acquisition first) {
    LockStoreException failure = first.lastFailure;
    if (failure == null) {
      notAcquired(Reason.HELD);
    } else {
      failLike(failure);
    }
  }

  /** Whether no request that shows the state of the lock is under way, or is about to be sent. */
  private boolean isDecided() {
    return state.isDecided();
  }

  /** Fails because the table does not answer another acquisition of this client. */
  private void failLike(LockStoreException failure) {
    fail(Refusals.asOthers(key(), failure));
  }

  /**
   * This acquisition waits on. What it knows by now decides the one-try acquisitions that follow
   * it.
   */
  private void goOnWaiting() {
    waits();
    place.tellFollowers(this, follower -> follower.endLike(this));
  }

  // In the queue

  private void begin() {
    DefaultHeldLock here = place.heldHere();
    if (here != null) {
      become(AcquisitionState.HELD_HERE);
      if (asking != null) {
        asking.heldHere(here);
      }
    } else if (place.isReleasing()) {
      // Writes when the release is done, or when it takes too long.
      become(AcquisitionState.OWN_RELEASE);
      timer.pause(timeouts.attempt().toNanos(), () -> write(null));
    } else {
      write(null);
    }
  }

  /** The waiters before this one have got the lock, or given up. */
  void becameFirst() {
    if (!isIdle() || !place.isFirst(this)) {
      return;
    }
    if (!isOneTry() && timer.isTimeUp()) {
      endAtTimeUp();
      return;
    }
    if (!observer.hasSeenHolder(key())) {
      begin();
    } else {
      if (state == AcquisitionState.QUEUED) {
        become(AcquisitionState.HELD_HERE);
      }
      holdEnded();
    }
  }

  /** A hold of this client has ended, and the lock may not be free. */
  void holdEnded() {
    boolean waits = isIdle() && !isOneTry() && state != AcquisitionState.QUEUED;
    if (waits && !place.isHeldHere()) {
      become(AcquisitionState.PAUSED_BRIEFLY);
      timer.pause(place.soon(), this::look);
    }
  }

  /** The holder is about to release the lock: the next look comes soon. */
  void releaseIsExpected() {
    if (state == AcquisitionState.PAUSED && lastFailure == null) {
      pause(place.soon(), this::look);
    }
  }

  /** The write of this client that releases the lock was answered, or has failed. */
  void releaseSettled() {
    if (state == AcquisitionState.OWN_RELEASE) {
      lockWasReleased();
    }
  }

  /** This client has just freed the lock: there is no need to wait for the next look. */
  void lockWasReleased() {
    if (state.isBusy()) {
      freedMeanwhile = true;
    } else if (isIdle() && state != AcquisitionState.QUEUED) {
      pause(isOneTry() ? 0 : place.standBack(), () -> write(null));
    }
  }

  /** Whether a hold of this client can hand the lock over to this acquisition. */
  boolean canTakeOver() {
    return isIdle() && !timer.isTimeUp() && grants.session().isReady();
  }

  @Override
  public void takeFrom(Handoff from) {
    inTurn(
        turn -> {
          LockWrite.Grant grant = grants.nextByHandoff();
          send(
              turn,
              grant,
              from.write(grant),
              Shown.BY_REJECTED_TAKEOVER,
              answer -> from.answered(grant.version(), answer),
              from::failed);
        },
        from::declined,
        from::failed);
  }

  // Time

  /** Runs the next step after a pause. Replaces the pause before it. */
  private void pause(long nanos, Runnable next) {
    become(nanos > 0 ? AcquisitionState.PAUSED : AcquisitionState.PAUSED_BRIEFLY);
    timer.pause(nanos, next);
  }

  /** The caller's time is up. */
  private void timeUp() {
    // The first write is waited for, since it may succeed. A read is not, nor is a write to a
    // table that has not answered.
    if (isDone() || (state == AcquisitionState.WRITING && lastFailure == null)) {
      return;
    }
    Acquisition first = place.first();
    if (state == AcquisitionState.QUEUED && knowsNothing() && first != null && first.isWriting()) {
      place.followFirst(this);
    } else {
      endAtTimeUp();
    }
  }

  /** Ends with what is known: the table does not answer, or the lock was held. */
  private void endAtTimeUp() {
    LockStoreException failure = lastFailure;
    LockStoreException ofFirst = place.failure();
    if (failure != null) {
      fail(failure);
    } else if (ofFirst != null) {
      failLike(ofFirst);
    } else if (knowsNothing()) {
      // Those that follow have learned nothing from it.
      Throwable why = Refusals.neverAnswered(key(), timer.waited());
      giveUp();
      result.completeExceptionally(why);
    } else {
      notAcquired(Reason.HELD);
    }
  }

  /** Whether no request of this client has shown the lock, and none has failed. */
  private boolean knowsNothing() {
    return lastFailure == null && holder == null && place.failure() == null && !place.isKnown();
  }

  private boolean isWriting() {
    return state == AcquisitionState.WRITING;
  }

  // Requests

  private void writeIfInTime(@Nullable String silentVersion) {
    if (isOneTry() || !timer.isTimeUp()) {
      write(silentVersion);
    } else {
      endAtTimeUp();
    }
  }

  /**
   * The one write that takes a lock: without a known version, or on the version of a silent holder.
   */
  private void write(@Nullable String silentVersion) {
    if (!grants.session().isReady()) {
      timer.cancelPause();
      become(AcquisitionState.OPENING_SESSION);
      grants
          .session()
          .open(
              orFail(opened -> sessionOpened(silentVersion)),
              orFail(failure -> requestFailed(failure, () -> write(null))));
      return;
    }
    Shown by = silentVersion == null ? Shown.BY_REJECTED_ACQUIRE : Shown.BY_REJECTED_TAKEOVER;
    inTurn(
        turn -> {
          LockWrite.Grant grant = grants.next(silentVersion);
          LockWrite write = grants.write(grant, silentVersion);
          send(turn, grant, write, by, answer -> {}, failure -> {});
        },
        () -> {},
        failure -> {});
  }

  private void sessionOpened(@Nullable String silentVersion) {
    if (!isDone()) {
      writeIfInTime(silentVersion);
    }
  }

  /**
   * Sends a write when its turn comes, unless it is no longer wanted by then.
   *
   * @param send makes the write, and sends it
   * @param unwanted runs instead if it is no longer wanted
   * @param failed told first if the turn does not come
   */
  private void inTurn(Consumer<Turn> send, Runnable unwanted, Consumer<LockStoreException> failed) {
    timer.cancelPause();
    become(AcquisitionState.WAITING_FOR_TURN);
    freedMeanwhile = false;
    requests.change(
        key(),
        limits().total(),
        ifWanted(send, unwanted),
        orFail(
            failure -> {
              failed.accept(failure);
              requestFailed(failure, () -> write(null));
            }));
  }

  private Consumer<Turn> ifWanted(Consumer<Turn> send, Runnable unwanted) {
    return orFail(
        turn -> {
          if (isDone()) {
            unwanted.run();
          } else {
            send.accept(turn);
          }
        });
  }

  private Timeouts limits() {
    return timer.limits(timeouts, isOneTry());
  }

  /** Sends a granting write. What happens to it is told before it decides what is next. */
  private void send(
      Turn turn,
      LockWrite.Grant grant,
      LockWrite write,
      Shown by,
      Consumer<WriteAnswer> answered,
      Consumer<LockStoreException> failed) {
    become(AcquisitionState.WRITING);
    requests.write(
        turn,
        write,
        limits(),
        orFail(
            answer -> {
              answered.accept(answer);
              written(grant.version(), by, answer);
            }),
        orFail(
            failure -> {
              failed.accept(failure);
              writeFailed(grant.version(), failure);
            }));
  }

  private void look() {
    if (place.isHeldHere()) {
      become(AcquisitionState.HELD_HERE);
      return;
    }
    become(AcquisitionState.READING);
    requests.look(
        key(),
        false,
        timeouts,
        () -> !isDone(),
        orFail(this::read),
        orFail(failure -> requestFailed(failure, this::look)));
  }

  /** Makes an internal error fail the acquisition, so that no caller waits without a limit. */
  private <T> Consumer<T> orFail(Consumer<T> handler) {
    return answer -> {
      if (!isDone()) {
        become(AcquisitionState.DECIDING);
      }
      try {
        handler.accept(answer);
      } catch (Throwable t) {
        if (!isDone()) {
          fail(t);
        }
        throw t;
      }
    };
  }

  // Answers

  private void written(String version, Shown by, WriteAnswer answer) {
    answered();
    grants.answered(version, answer);
    if (isDone()) {
      settle();
    } else if (!answer.applied()) {
      found(answer.item(), answer.serverDate(), by, timer.now().nanos());
    } else if (answer.item().state() instanceof ItemState.Lock lock
        && answer.item().hasVersion(version)) {
      granted(version, lock.item());
    } else {
      String missing = "the item that it has written (returnValues=ALL_NEW)";
      fail(Refusals.answerLacks(key(), true, missing));
    }
  }

  private void answered() {
    timer.answered();
    place.answered();
  }

  private void writeFailed(String version, LockStoreException failure) {
    grants.failed(version, failure);
    boolean settleNow = oneLook && failure.mayHaveBeenApplied() && !settledOnce;
    settledOnce = true;
    if (!isDone() && settleNow && timer.waited().compareTo(timeouts.total()) < 0) {
      write(null);
    } else {
      requestFailed(failure, () -> write(null));
    }
  }

  private void read(Reading reading) {
    answered();
    found(reading.item(), reading.answer().serverDate(), Shown.BY_READ, reading.sent().nanos());
  }

  private void requestFailed(LockStoreException failure, Runnable again) {
    lastFailure = failure;
    place.failed(failure);
    if (isDone()) {
      settle();
    } else if (oneLook || !failure.kind().isTransient() || timer.isTimeUp()) {
      fail(failure);
    } else {
      pause(timer.backOff(), again);
      goOnWaiting();
    }
  }

  private void found(StoredItem stored, @Nullable Instant serverDate, Shown by, long lookSent) {
    if (isDone()) {
      settle();
      return;
    }
    if (stored.state() instanceof ItemState.Lock lock) {
      LockItem item = lock.item();
      if (grants.mayHaveWritten(item.version()) && !item.released()) {
        granted(item.version(), item);
        return;
      }
      grants.saw(item, serverDate);
      lastFailure = null;
      if (!isOneTry()) {
        place.saw(item, lookSent, timer.now());
      }
    }
    take(observer.judge(spec, stored, by));
  }

  // What is next

  private void take(NextStep next) {
    held = null;
    if (next instanceof NextStep.Held found) {
      sawHolder(found);
    } else if (next instanceof NextStep.Fail bad) {
      fail(bad.why());
    } else if (next instanceof NextStep.NoSuchLock) {
      notAcquired(Reason.NO_SUCH_LOCK);
    } else if (next instanceof NextStep.TakeFree) {
      writeIfInTime(null);
    } else {
      awaitChange(Long.MAX_VALUE);
    }
  }

  private void sawHolder(NextStep.Held found) {
    holder = found.holder();
    held = found.item();
    if (!grants.isOwn(found.item())) {
      place.heldElsewhere(found.holder());
    }
    if (found instanceof NextStep.TakeOver silent) {
      if (silent.isGhost()) {
        grants.sawGhost(
            silent.item().version(), asking != null && asking.isReserved(silent.item()));
      }
      writeIfInTime(silent.silentVersion());
    } else if (found instanceof NextStep.AwaitSession kept) {
      awaitSession(kept);
    } else if (found instanceof NextStep.AwaitHolder live) {
      awaitChange(live.untilTakeover());
      ask(live.item());
    }
  }

  /** Requests the release of the lock, if the caller has asked for that. */
  private void ask(LockItem item) {
    if (asking != null) {
      asking.holderIs(item);
    }
  }

  private void awaitChange(long untilTakeover) {
    if (isOneTry() || timer.isTimeUp()) {
      notAcquired(Reason.HELD);
      return;
    }
    goOnWaiting();
    if (freedMeanwhile) {
      write(null);
    } else if (place.isHeldHere()) {
      become(AcquisitionState.HELD_HERE);
    } else {
      long next = place.untilNextLook(timer.now());
      // A look shortly before the one that may be followed by a takeover would be one too many.
      pause(untilTakeover < next + next / 4 ? untilTakeover : next, this::look);
    }
  }

  private void awaitSession(NextStep.AwaitSession kept) {
    shared = kept.item();
    if (kept.isOver()) {
      writeIfInTime(kept.item().version());
      return;
    }
    if (isOneTry()) {
      become(AcquisitionState.WATCHING_SESSION);
    } else {
      awaitChange(Long.MAX_VALUE);
    }
    if (!isDone()) {
      observer.join(kept, this);
      ask(kept.item());
    }
  }

  @Override
  public void sessionIsOver(LockKey session) {
    LockItem item = shared;
    if (isIdle() && item != null && session.equals(item.session())) {
      writeIfInTime(item.version());
    }
  }

  @Override
  public void sessionIsAlive() {
    if (!isDone() && isOneTry() && state != AcquisitionState.WRITING) {
      notAcquired(Reason.HELD);
    }
  }

  @Override
  public void sessionIsUnknown(RuntimeException failure) {
    if (isDone() || state == AcquisitionState.WRITING) {
      return;
    }
    boolean mayPass = failure instanceof LockStoreException store && store.kind().isTransient();
    if (isOneTry() || !mayPass) {
      fail(failure);
    } else {
      lastFailure = (LockStoreException) failure;
    }
  }

  @Override
  public boolean isInAHurry() {
    return isOneTry();
  }

  // Results

  private void granted(String version, LockItem item) {
    UnsettledGrants.Sent sent = grants.sent(version);
    ClockReading now = timer.now();
    if (sent.isOver(spec.terms(), now)) {
      grantedTooLate(version, now.holderElapsedSince(sent.at()));
    } else {
      observer.taken(key());
      how = sent.how();
      DefaultHeldLock lock = grants.hold(version, item);
      place.acquired(lock.fencingToken());
      finish(true);
      result.complete(Optional.of(lock));
      lock.acquired();
    }
  }

  /**
   * The lease ended before the answer arrived. The lock is held by a ghost: a granting write of
   * this client that no caller was told of.
   */
  private void grantedTooLate(String version, long used) {
    if (isOneTry() || timer.isTimeUp()) {
      fail(Refusals.grantedTooLate(key(), spec.terms(), used));
    } else {
      grants.notApplied(version);
      grants.sawGhost(version, false);
      write(version);
    }
  }

  private void notAcquired(Reason reason) {
    if (reason == Reason.HELD && (isOneTry() || holder != null)) {
      outcomeForFollowers = follower -> follower.notAcquired(Reason.HELD);
    }
    LockWrite.Mark mark = reason == Reason.HELD ? observer.markOf(key(), held) : null;
    if (oneLook) {
      giveUp();
      end(mark, () -> result.complete(Optional.empty()));
    } else {
      LockNotAcquiredException why = notAcquiredException(reason);
      giveUp();
      end(mark, () -> result.completeExceptionally(why));
    }
  }

  /** The process may end with the result, so the mark comes first. */
  private void end(LockWrite.@Nullable Mark mark, Runnable complete) {
    if (mark == null) {
      complete.run();
    } else {
      observer.leave(mark, spec.terms(), complete);
    }
  }

  private void fail(Throwable why) {
    if (why instanceof LockStoreException failure && failure.kind().isTransient()) {
      outcomeForFollowers = follower -> follower.failLike(failure);
    }
    giveUp();
    result.completeExceptionally(why);
  }

  /** The caller no longer wants the lock. If it was granted meanwhile, it is released. */
  public void abandon() {
    if (!isDone()) {
      giveUp();
      result.cancel(false);
    } else {
      var unused = result.thenAccept(lock -> lock.ifPresent(DefaultHeldLock::discard));
    }
  }

  /** The client closes. */
  public void clientClosed() {
    if (!isDone()) {
      LockNotAcquiredException why = notAcquiredException(Reason.CLIENT_CLOSED);
      giveUp();
      result.completeExceptionally(why);
    }
  }

  /** The loop has stopped before this acquisition began or ended. Any thread. */
  public void failAsClosed() {
    result.completeExceptionally(closedMeanwhile());
  }

  /**
   * The failure for a lock that was lost before the caller got it, because the client closed. Any
   * thread.
   */
  public LockNotAcquiredException closedMeanwhile() {
    return new LockNotAcquiredException(key(), Reason.CLIENT_CLOSED, timer.waited(), null);
  }

  private LockNotAcquiredException notAcquiredException(Reason reason) {
    boolean looksAround = holder == null && state != AcquisitionState.NEW;
    LockInfo known = looksAround ? place.holder() : holder;
    return new LockNotAcquiredException(key(), reason, timer.waited(), known);
  }

  // End

  /** Ends now. If a write that is under way obtains the lock, it is freed later. */
  private void giveUp() {
    finish(false);
    if (state == AcquisitionState.GIVEN_UP) {
      place.settling(this);
    } else {
      grants.freeWhatMayHaveLanded();
    }
  }

  /** The write that was under way at the end was answered, or has failed. */
  private void settle() {
    if (state == AcquisitionState.GIVEN_UP) {
      become(AcquisitionState.ENDED);
      grants.freeWhatMayHaveLanded();
      place.settled(this);
    }
  }

  private void finish(boolean granted) {
    become(state == AcquisitionState.WRITING ? AcquisitionState.GIVEN_UP : AcquisitionState.ENDED);
    timer.stop();
    observer.leave(this);
    grants.session().leave();
    if (asking != null) {
      asking.end(granted);
    }
    place.leave(this, outcomeForFollowers);
  }
}
