package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.time.ConfinedTo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One acquisition of one lock, from the call to its result.
 *
 * <pre>
 *   stand in line --first, lock held here--> nothing, until that hold ends --handed on--> granted
 *     | first                                                  | freed, lost
 *   try, until granted (see Tries)  &lt;----------------------------'
 *   time up, cancelled, closed --> given up; what may have landed is freed in the background
 * </pre>
 *
 * <p>With "one look" nothing is waited for, nor stood in line.
 */
@ConfinedTo(ConfinedTo.LOOP)
final class Acquisition implements Registry.Unfinished {
  private final Core core;
  private final AcquireSpec spec;
  private final boolean oneLook;
  private final Tries tries;
  private final CompletableFuture<Optional<DefaultHeldLock>> result = new CompletableFuture<>();
  private @Nullable Line line;
  private boolean done;

  Acquisition(Core core, AcquireSpec spec, boolean oneLook) {
    this.core = core;
    this.spec = spec;
    this.oneLook = oneLook;
    this.tries = new Tries(core, spec, this);
  }

  LockKey key() {
    return spec.key();
  }

  /** The lock; empty if "one look" saw it held; or why not. Completed on the loop. */
  CompletableFuture<Optional<DefaultHeldLock>> result() {
    return result;
  }

  boolean isOneLook() {
    return oneLook;
  }

  /** One look, or a waiting time of zero: both end with the first look that shows the lock held. */
  boolean isOneTry() {
    return oneLook || Duration.ZERO.equals(spec.maxWait());
  }

  boolean isDone() {
    return done;
  }

  /** Where it stands in line; null with "one look". */
  @Nullable Line line() {
    return line;
  }

  void start() {
    core.registry.add(this);
    if (oneLook) {
      tries.begin();
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

  // In line

  private void begin() {
    LeaseKeeper here = core.registry.heldHere(key());
    if (here == null) {
      tries.begin();
    } else if (isOneTry()) {
      // At once: it must not be the first in line when that hold ends.
      notAcquired(Reason.HELD);
    } else {
      tries.findings().heldHere(here.lock());
    }
  }

  /** Those before have got the lock, or given up. */
  void becameFirst() {
    if (done || !tries.areIdle() || line == null || !line.isFirst(this)) {
      return;
    }
    if (core.observations.of(key()) == null) {
      begin();
    } else {
      holdEnded();
    }
  }

  /** A hold of this client is over, and the lock is not free for certain. */
  void holdEnded() {
    if (!done && tries.areIdle() && line != null && !core.registry.isHeldHere(key())) {
      tries.lookSoon(line.pace());
    }
  }

  /** This client has just freed the lock. */
  void lockWasReleased() {
    if (!done && line != null) {
      tries.freed(line.standBack());
    }
  }

  /** Whether a hold of this client can pass the lock on to this one. */
  boolean canTakeOver() {
    return !done && tries.canWrite();
  }

  /** Takes the lock from a hold of this client that ends now. */
  void takeFrom(Handoff from) {
    tries.takeFrom(from);
  }

  // Results

  void hold(HoldGrant grant, LockItem item) {
    DefaultHeldLock lock =
        new DefaultHeldLock(core, spec, item.fencingToken().orElse(0), item.data(), grant);
    lock.keep();
    if (line != null) {
      line.acquired();
    }
    finish(true);
    result.complete(Optional.of(lock));
    lock.tell(listener -> listener.acquired(lock));
  }

  void notAcquired(Reason reason) {
    if (oneLook) {
      giveUp();
      result.complete(Optional.empty());
    } else {
      fail(notAcquiredException(reason));
    }
  }

  void fail(Throwable why) {
    giveUp();
    result.completeExceptionally(why);
  }

  private void finish(boolean granted) {
    done = true;
    tries.stop();
    tries.findings().end(granted);
    core.registry.remove(this);
    core.lines.leave(this);
  }

  /** The caller no longer wants the lock; if he got it meanwhile, it is released. */
  void abandon() {
    if (!done) {
      giveUp();
      result.cancel(false);
    } else {
      var unused = result.thenAccept(lock -> lock.ifPresent(DefaultHeldLock::discard));
    }
  }

  /** The client closes. */
  void clientClosed() {
    if (!done) {
      giveUp();
      failAsClosed();
    }
  }

  /** The loop has stopped, before this began or ended. */
  void failAsClosed() {
    result.completeExceptionally(notAcquiredException(Reason.CLIENT_CLOSED));
  }

  /** Closing the client has ended the hold before the caller had the lock. Any thread. */
  LockNotAcquiredException closedMeanwhile() {
    return new LockNotAcquiredException(
        key(), Reason.CLIENT_CLOSED, tries.waiting().waited(), null);
  }

  /** Ends now. What a write that is under way may bring, {@link Tries} frees when that is known. */
  private void giveUp() {
    finish(false);
    if (tries.areWriting()) {
      core.registry.begun(this);
    } else {
      tries.attempts().freeWhatMayHaveLanded();
    }
  }

  private LockNotAcquiredException notAcquiredException(Reason reason) {
    return new LockNotAcquiredException(key(), reason, tries.waiting().waited(), holder());
  }

  private @Nullable LockInfo holder() {
    LockInfo seen = tries.findings().holder();
    if (seen != null || line == null) {
      return seen;
    }
    LockInfo here = core.infos.heldHere(key());
    return here != null ? here : line.holder();
  }
}
