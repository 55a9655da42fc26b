package io.github.batonlock.internal.acquire;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.internal.hold.ActiveHolds;
import io.github.batonlock.internal.hold.DefaultHeldLock;
import io.github.batonlock.internal.hold.Grant;
import io.github.batonlock.internal.hold.Handoff;
import io.github.batonlock.internal.hold.Successors;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.request.PendingWork;
import io.github.batonlock.internal.request.Refusals;
import io.github.batonlock.internal.request.RequestTimeouts;
import io.github.batonlock.internal.runtime.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition of one lock, from the call to its result.
 *
 * <pre>
 *   join the queue --first, lock held here--> nothing, until that hold ends --handed on--> granted
 *     | first                                                  | freed, lost
 *   try, until granted (see Tries)  &lt;----------------------------'
 *   time up, cancelled, closed --> given up; what may have landed is freed in the background
 * </pre>
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
public final class Acquisition implements PendingWork.Unfinished, Successors.Successor {
  private final AcquireContext core;
  private final AcquireSpec spec;
  private final boolean oneLook;
  private final Tries tries;
  private final CompletableFuture<Optional<DefaultHeldLock>> result = new CompletableFuture<>();
  private @Nullable WaitQueue line;
  private @Nullable WaitQueue followed;
  private Consumer<Acquisition> outcomeForFollowers = Acquisition::tryOnce;
  private boolean started;

  /** Whether it has sent a request, or waits to send one, as the first in the queue. */
  private boolean begun;

  private boolean done;

  public Acquisition(AcquireContext core, AcquireSpec spec, boolean oneLook) {
    this.core = core;
    this.spec = spec;
    this.oneLook = oneLook;
    this.tries = new Tries(core, spec, this);
  }

  LockKey key() {
    return spec.key();
  }

  /**
   * The result: the lock; empty if the one try found it held; or the failure. Completed on the
   * loop.
   */
  public CompletableFuture<Optional<DefaultHeldLock>> result() {
    return result;
  }

  boolean isOneLook() {
    return oneLook;
  }

  /**
   * Whether this is one try (one look, or a waiting time of zero). It ends with the first
   * observation that shows the lock held.
   */
  boolean isOneTry() {
    return oneLook || Duration.ZERO.equals(spec.maxWait());
  }

  boolean isDone() {
    return done;
  }

  /** Its place in the queue; null if it is not in a queue. */
  @Nullable WaitQueue line() {
    return line;
  }

  public void start() {
    started = true;
    core.acquisitions.add(this);
    if (isOneTry()) {
      tryOnce();
      return;
    }
    line = core.lines.join(this);
    if (line.isFirst(this)) {
      begin();
    }
    if (!done) {
      tries.waiting().atEnd(tries::timeUp);
    }
  }

  // One try

  /**
   * Decides the one try by what this client knows about the lock, or is about to know. Sends a
   * write only if this client knows nothing.
   */
  void tryOnce() {
    WaitQueue others = core.lines.of(key());
    Acquisition first = others == null ? null : others.first();
    followed = others;
    if (core.work.isClosing()) {
      clientClosed();
    } else if (core.holds.isHeldHere(key())) {
      notAcquired(Reason.HELD);
    } else if (others == null || first == null) {
      line = core.lines.join(this);
      begin();
    } else if (first.isUndecided()) {
      others.follow(this);
    } else {
      endLike(first);
    }
  }

  /**
   * Ends like the first in the queue, which waits for the lock, or for the table to answer again.
   */
  private void endLike(Acquisition first) {
    LockStoreException failure = first.tries.lastFailure();
    if (failure == null) {
      notAcquired(Reason.HELD);
    } else {
      failLike(failure);
    }
  }

  /** Whether a request that shows the state of the lock is under way, or is about to be sent. */
  private boolean isUndecided() {
    return !begun || !tries.areIdle() || tries.waiting().isPausingBriefly();
  }

  /** Fails because the table does not answer another acquisition of this client. */
  private void failLike(LockStoreException failure) {
    fail(Refusals.asOthers(key(), failure));
  }

  /**
   * This acquisition waits on. What it knows by now decides the one-try acquisitions that follow
   * it.
   */
  void goesOnWaiting() {
    if (line != null && line.isFirst(this)) {
      line.tellFollowers(follower -> follower.endLike(this));
    }
  }

  // In the queue

  private void begin() {
    begun = true;
    ActiveHolds.Hold here = core.holds.heldHere(key());
    if (here != null) {
      tries.findings().heldHere(here.lock());
    } else if (core.lines.isReleasing(key())) {
      // Writes when the release is done, or when it takes too long.
      long longest = RequestTimeouts.patient(spec.terms()).attempt().toNanos();
      tries.waiting().awaitRelease(longest, tries::begin);
    } else {
      tries.begin();
    }
  }

  /** The waiters before this one have got the lock, or given up. */
  void becameFirst() {
    if (done || !tries.areIdle() || line == null || !line.isFirst(this)) {
      return;
    }
    if (core.observations.of(key()) == null) {
      begin();
    } else {
      begun = true;
      holdEnded();
    }
  }

  /** A hold of this client has ended, and the lock may not be free. */
  void holdEnded() {
    boolean waits = !done && !isOneTry() && tries.areIdle();
    if (waits && line != null && !core.holds.isHeldHere(key())) {
      tries.waiting().pauseBriefly(line.pace().soon(), tries::poll);
    }
  }

  /** The write of this client that releases the lock was answered, or has failed. */
  void releaseSettled() {
    if (!done && tries.waiting().isAwaitingRelease()) {
      lockWasReleased();
    }
  }

  /** This client has just freed the lock. */
  void lockWasReleased() {
    if (!done && line != null) {
      tries.freed(isOneTry() ? 0 : line.standBack());
    }
  }

  /** Whether a hold of this client can hand the lock over to this acquisition. */
  boolean canTakeOver() {
    return !done && tries.canWrite();
  }

  @Override
  public void takeFrom(Handoff from) {
    tries.takeFrom(from);
  }

  // Results

  void hold(Grant grant, LockItem item) {
    DefaultHeldLock lock =
        core.holdFactory.create(spec.hold(), item.fencingToken().orElse(0), item.data(), grant);
    lock.keep();
    if (line != null) {
      line.acquired();
    }
    finish(true);
    result.complete(Optional.of(lock));
    lock.acquired();
  }

  void notAcquired(Reason reason) {
    if (reason == Reason.HELD && (isOneTry() || tries.findings().holder() != null)) {
      outcomeForFollowers = follower -> follower.notAcquired(Reason.HELD);
    }
    if (oneLook) {
      giveUp();
      result.complete(Optional.empty());
    } else {
      fail(notAcquiredException(reason));
    }
  }

  void fail(Throwable why) {
    if (why instanceof LockStoreException failure && failure.kind().isTransient()) {
      outcomeForFollowers = follower -> follower.failLike(failure);
    }
    giveUp();
    result.completeExceptionally(why);
  }

  private void finish(boolean granted) {
    done = true;
    tries.stop();
    tries.findings().end(granted);
    core.acquisitions.remove(this);
    if (followed != null) {
      followed.unfollow(this);
    }
    WaitQueue led = line != null && line.isFirst(this) ? line : null;
    core.lines.leave(this);
    if (led != null) {
      led.tellFollowers(outcomeForFollowers);
    }
  }

  /** The caller no longer wants the lock. If it was granted meanwhile, it is released. */
  public void abandon() {
    if (!done) {
      giveUp();
      result.cancel(false);
    } else {
      var unused = result.thenAccept(lock -> lock.ifPresent(DefaultHeldLock::discard));
    }
  }

  /** The client closes. */
  public void clientClosed() {
    if (!done) {
      giveUp();
      failAsClosed();
    }
  }

  /** The loop has stopped before this acquisition began or ended. */
  public void failAsClosed() {
    result.completeExceptionally(notAcquiredException(Reason.CLIENT_CLOSED));
  }

  /**
   * The failure for a lock that was lost before the caller got it, because the client closed. Any
   * thread.
   */
  public LockNotAcquiredException closedMeanwhile() {
    return new LockNotAcquiredException(
        key(), Reason.CLIENT_CLOSED, tries.waiting().waited(), null);
  }

  /** Ends now. If a write that is under way obtains the lock, {@link Tries} frees it later. */
  private void giveUp() {
    finish(false);
    if (tries.areWriting()) {
      core.work.begun(this);
    } else {
      tries.attempts().freeWhatMayHaveLanded();
    }
  }

  private LockNotAcquiredException notAcquiredException(Reason reason) {
    return new LockNotAcquiredException(key(), reason, tries.waiting().waited(), holder());
  }

  private @Nullable LockInfo holder() {
    LockInfo seen = tries.findings().holder();
    if (seen != null || !started) {
      return seen;
    }
    LockInfo here = core.holds.infoOf(key());
    WaitQueue others = line != null ? line : followed;
    return here != null || others == null ? here : others.holder();
  }
}
