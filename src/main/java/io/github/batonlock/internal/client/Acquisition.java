package io.github.batonlock.internal.client;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockNotAcquiredException;
import io.github.batonlock.LockNotAcquiredException.Reason;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.MalformedLockItemException;
import io.github.batonlock.internal.protocol.ItemState;
import io.github.batonlock.internal.protocol.LockItem;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Observation;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.ReadAnswer;
import io.github.batonlock.internal.store.StoredItem;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to get one lock, from the call to its result. Belongs to the loop.
 *
 * <pre>
 *   write --applied--------------------------------> granted
 *     | `--rejected: our own version is there-----> granted, counted from that version's send
 *     | `--rejected: held--> observe --> poll --free--------------> write
 *     | `--no answer-----> back off      `--silent for L(1+g)----> write, on that version
 *     |                       `--> write, with a fresh version
 *   time up, cancelled, closed --> given up; what may have landed is freed in the background
 * </pre>
 *
 * <p>At most one request is under way. With "one look" nothing is waited for.
 */
final class Acquisition implements Registry.Unfinished {
  /** What showed an item. */
  private enum Shown {
    BY_READ,
    BY_REJECTED_ACQUIRE,
    BY_REJECTED_TAKEOVER
  }

  private final Core core;
  private final AcquireSpec spec;
  private final boolean oneLook;
  private final LockInfos infos;
  private final GrantAttempts attempts;
  private final Waiting waiting;
  private final TakeoverRule takeover;
  private final CompletableFuture<Optional<DefaultHeldLock>> result = new CompletableFuture<>();

  private boolean inFlight;
  private boolean done;
  private boolean retried;
  private @Nullable LockInfo holder;
  private @Nullable LockStoreException lastFailure;

  Acquisition(Core core, LockInfos infos, AcquireSpec spec, boolean oneLook) {
    this.core = core;
    this.infos = infos;
    this.spec = spec;
    this.oneLook = oneLook;
    this.attempts = new GrantAttempts(core, spec);
    this.waiting = new Waiting(core, spec, this::timeUp);
    this.takeover = new TakeoverRule(core);
  }

  LockKey key() {
    return spec.key();
  }

  /** The lock; empty if "one look" saw it held; or why not. Completed on the loop. */
  CompletableFuture<Optional<DefaultHeldLock>> result() {
    return result;
  }

  void start() {
    core.registry.add(this);
    write(null);
  }

  // Requests

  /** The one write that takes a lock: blind, or on the version of a silent holder. */
  private void write(@Nullable String silentVersion) {
    LockWrite.Grant grant = attempts.next(silentVersion);
    inFlight = true;
    core.requests.write(
        silentVersion == null
            ? new LockWrite.Acquire(key(), grant, spec.onlyIfExists())
            : new LockWrite.Takeover(key(), grant, silentVersion),
        RequestTimes.patient(spec.terms()),
        orFail(answer -> written(grant.version(), silentVersion, answer)),
        orFail(failure -> writeFailed(grant.version(), failure)));
  }

  /** No caller waits for ever because of a mistake of ours. */
  private <T> Consumer<T> orFail(Consumer<T> handler) {
    return answer -> {
      try {
        handler.accept(answer);
      } catch (RuntimeException e) {
        if (!done) {
          fail(e);
        }
        throw e;
      }
    };
  }

  private void written(String version, @Nullable String silentVersion, WriteAnswer answer) {
    inFlight = false;
    waiting.answered();
    if (!answer.applied()) {
      if (!answer.item().hasVersion(version)) {
        attempts.notApplied(version);
      }
      Shown by = silentVersion == null ? Shown.BY_REJECTED_ACQUIRE : Shown.BY_REJECTED_TAKEOVER;
      found(answer.item(), answer.serverDate(), by);
    } else if (answer.item().state() instanceof ItemState.Lock lock) {
      granted(version, lock.item());
    } else {
      fail(new IllegalStateException("The store applied an acquisition without a lock item"));
    }
  }

  private void writeFailed(String version, LockStoreException failure) {
    inFlight = false;
    if (!failure.mayHaveBeenApplied()) {
      attempts.notApplied(version);
    }
    boolean settleNow = oneLook && failure.mayHaveBeenApplied() && !retried;
    retried = true;
    if (!done && settleNow) {
      write(null);
    } else {
      requestFailed(failure, () -> write(null));
    }
  }

  private void poll() {
    inFlight = true;
    core.requests.read(
        key(),
        false,
        RequestTimes.patient(spec.terms()),
        orFail(this::read),
        orFail(this::readFailed));
  }

  private void read(ReadAnswer answer) {
    inFlight = false;
    waiting.answered();
    found(answer.item(), answer.serverDate(), Shown.BY_READ);
  }

  private void readFailed(LockStoreException failure) {
    inFlight = false;
    requestFailed(failure, this::poll);
  }

  private void requestFailed(LockStoreException failure, Runnable again) {
    lastFailure = failure;
    if (done) {
      settledAfterEnd();
    } else if (oneLook || !failure.kind().isTransient() || waiting.isTimeUp()) {
      fail(failure);
    } else {
      waiting.backOff(again);
    }
  }

  // Decisions

  private void found(StoredItem stored, @Nullable Instant serverDate, Shown by) {
    if (stored.state() instanceof ItemState.Lock lock) {
      foundLock(lock.item(), stored, serverDate, by);
    } else if (done) {
      settledAfterEnd();
    } else if (stored.state() instanceof ItemState.NotALock bad) {
      fail(new MalformedLockItemException(key(), bad.attribute(), bad.problem()));
    } else if (by == Shown.BY_REJECTED_ACQUIRE) {
      notAcquired(Reason.NO_SUCH_LOCK);
    } else {
      core.observations.forget(key());
      write(null);
    }
  }

  private void foundLock(LockItem item, StoredItem stored, @Nullable Instant serverDate, Shown by) {
    if (attempts.mayHaveWritten(item.version()) && !item.released()) {
      granted(item.version(), item);
      return;
    }
    if (done) {
      settledAfterEnd();
      return;
    }
    attempts.saw(item, serverDate);
    lastFailure = null;
    if (item.released()) {
      core.observations.forget(key());
      if (by == Shown.BY_REJECTED_ACQUIRE) {
        waitForChange(item, Long.MAX_VALUE);
      } else {
        write(null);
      }
      return;
    }
    if (by != Shown.BY_READ && core.observations.hasSeenReplaced(key(), item)) {
      // Writes see what is so: an operator has brought an old item back.
      core.observations.forget(key());
    }
    holder = infos.of(key(), item, stored.attributes());
    Moment now = core.now();
    Observation seen = core.observations.see(key(), item, now.nanos());
    if (takeover.mayTakeOver(item, seen, now)) {
      // After a read that was staler than the observation, only a write can tell what is so.
      write(seen.version().equals(item.version()) ? item.version() : null);
    } else {
      waitForChange(item, seen.untilTakeover(now.nanos()));
    }
  }

  private void waitForChange(LockItem item, long untilTakeover) {
    if (oneLook || waiting.isTimeUp()) {
      notAcquired(Reason.HELD);
    } else {
      waiting.untilNextLook(item, untilTakeover, this::poll);
    }
  }

  /** This client has just freed the lock: no need to wait for the next poll. */
  void lockWasReleased() {
    if (!inFlight && !done) {
      waiting.stop();
      write(null);
    }
  }

  private void timeUp() {
    LockStoreException failure = lastFailure;
    if (failure != null) {
      fail(failure);
    } else {
      notAcquired(Reason.HELD);
    }
  }

  // Results

  private void granted(String version, LockItem item) {
    Moment sentAt = attempts.sentAt(version);
    long used = core.now().holderElapsedSince(sentAt);
    if (done) {
      settledAfterEnd();
    } else if (used >= spec.terms().usable().toNanos()) {
      grantedTooLate(version, used);
    } else {
      attempts.granted(version);
      core.observations.forget(key());
      hold(new DefaultHeldLock.Grant(version, sentAt), item);
    }
  }

  /** The lease was used up on the way: a ghost of our own, that nobody was told of. */
  private void grantedTooLate(String version, long used) {
    if (oneLook || waiting.isTimeUp()) {
      fail(Refusals.grantedTooLate(key(), spec.terms(), used));
    } else {
      attempts.notApplied(version);
      write(version);
    }
  }

  private void hold(DefaultHeldLock.Grant grant, LockItem item) {
    DefaultHeldLock lock =
        new DefaultHeldLock(core, spec, item.fencingToken().orElse(0), item.data(), grant);
    finish();
    lock.keep();
    core.notices.tell(listener -> listener.acquired(lock));
    result.complete(Optional.of(lock));
  }

  private void notAcquired(Reason reason) {
    if (oneLook) {
      finish();
      attempts.freeWhatMayHaveLanded();
      result.complete(Optional.empty());
    } else {
      fail(notAcquiredException(reason));
    }
  }

  private void fail(RuntimeException why) {
    finish();
    attempts.freeWhatMayHaveLanded();
    result.completeExceptionally(why);
  }

  private void finish() {
    done = true;
    waiting.stop();
    core.registry.remove(this);
  }

  /** The caller no longer wants the lock; if he got it meanwhile, it is released. */
  void abandon() {
    if (!done) {
      giveUp();
      result.cancel(false);
    } else if (!result.isCompletedExceptionally()) {
      result.getNow(Optional.empty()).ifPresent(DefaultHeldLock::discard);
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

  /** Ends now, with an answer possibly still to come: {@link #settledAfterEnd} waits for it. */
  private void giveUp() {
    finish();
    if (inFlight) {
      core.registry.begun(this);
    } else {
      attempts.freeWhatMayHaveLanded();
    }
  }

  private void settledAfterEnd() {
    attempts.freeWhatMayHaveLanded();
    core.registry.finished(this);
  }

  private LockNotAcquiredException notAcquiredException(Reason reason) {
    return new LockNotAcquiredException(key(), reason, waiting.waited(), holder);
  }
}
