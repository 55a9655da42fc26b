package io.github.batonlock.internal.client;

import io.github.batonlock.LockException;
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
import io.github.batonlock.internal.time.EventLoop.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
final class Acquisition {
  private static final long MICROS_PER_MILLI = 1_000;

  private final Core core;
  private final AcquireSpec spec;
  private final boolean oneLook;
  private final LockInfos infos;
  private final Moment began;
  private final Backoff backoff;
  private final PollPace pace;
  private final CompletableFuture<Optional<DefaultHeldLock>> result = new CompletableFuture<>();

  /** Every version sent whose write may have been applied, and when each was sent. */
  private final Map<String, Moment> unsettled = new LinkedHashMap<>();

  private Timer timer = () -> {};
  private boolean inFlight;
  private boolean done;
  private boolean retried;
  private @Nullable LockInfo holder;
  private @Nullable Instant tokenMissingAt;
  private @Nullable LockStoreException lastFailure;

  Acquisition(Core core, LockInfos infos, AcquireSpec spec, boolean oneLook) {
    this.core = core;
    this.infos = infos;
    this.spec = spec;
    this.oneLook = oneLook;
    this.began = core.now();
    this.backoff = new Backoff(core.platform.random(), spec.terms());
    this.pace = new PollPace(core.platform.random(), spec.terms());
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
    Moment sentAt = core.now();
    String version = core.newVersion(sentAt);
    unsettled.put(version, sentAt);
    LockWrite.Grant grant =
        new LockWrite.Grant(
            core.config.ownerName(),
            spec.terms().lease(),
            version,
            tokenSeed(sentAt),
            spec.data(),
            spec.attributes());
    inFlight = true;
    core.requests.write(
        silentVersion == null
            ? new LockWrite.Acquire(key(), grant, spec.onlyIfExists())
            : new LockWrite.Takeover(key(), grant, silentVersion),
        RequestTimes.patient(spec.terms()),
        answer -> written(version, silentVersion, answer),
        failure -> writeFailed(version, failure));
  }

  /** Microseconds: no item takes a million holders a second, so no sequence outruns time. */
  private long tokenSeed(Moment sentAt) {
    Instant shown = tokenMissingAt;
    return (shown == null ? sentAt.epochMillis() : shown.toEpochMilli()) * MICROS_PER_MILLI;
  }

  private void written(String version, @Nullable String silentVersion, WriteAnswer answer) {
    inFlight = false;
    backoff.reset();
    if (!answer.applied()) {
      boolean isOwnDoing = version.equals(versionOf(answer.item()));
      if (!isOwnDoing) {
        unsettled.remove(version);
      }
      found(answer.item(), answer.serverDate(), silentVersion == null);
    } else if (answer.item().state() instanceof ItemState.Lock lock) {
      granted(version, lock.item());
    } else {
      fail(new IllegalStateException("The store applied an acquisition without a lock item"));
    }
  }

  private static @Nullable String versionOf(StoredItem stored) {
    return stored.state() instanceof ItemState.Lock lock ? lock.item().version() : null;
  }

  private void writeFailed(String version, LockStoreException failure) {
    inFlight = false;
    if (!failure.mayHaveBeenApplied()) {
      unsettled.remove(version);
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
        key(), false, RequestTimes.patient(spec.terms()), this::read, this::readFailed);
  }

  private void read(ReadAnswer answer) {
    inFlight = false;
    backoff.reset();
    found(answer.item(), answer.serverDate(), false);
  }

  private void readFailed(LockStoreException failure) {
    inFlight = false;
    requestFailed(failure, this::poll);
  }

  private void requestFailed(LockStoreException failure, Runnable again) {
    lastFailure = failure;
    if (done) {
      settledAfterEnd();
    } else if (oneLook || !failure.kind().isTransient() || isTimeUp()) {
      fail(failure);
    } else {
      after(backoff.next(), again);
    }
  }

  // Decisions

  /** What stands in the item, as a rejected write or a read shows it. */
  private void found(StoredItem stored, @Nullable Instant serverDate, boolean rejectedBlindWrite) {
    if (stored.state() instanceof ItemState.Lock lock) {
      foundLock(lock.item(), stored, serverDate, rejectedBlindWrite);
    } else if (done) {
      settledAfterEnd();
    } else if (stored.state() instanceof ItemState.NotALock bad) {
      fail(new MalformedLockItemException(key(), bad.attribute(), bad.problem()));
    } else if (rejectedBlindWrite) {
      notAcquired(Reason.NO_SUCH_LOCK);
    } else {
      core.observations.forget(key());
      write(null);
    }
  }

  private void foundLock(
      LockItem item, StoredItem stored, @Nullable Instant serverDate, boolean rejectedBlindWrite) {
    if (unsettled.containsKey(item.version()) && !item.released()) {
      granted(item.version(), item);
      return;
    }
    if (done) {
      settledAfterEnd();
      return;
    }
    tokenMissingAt = item.fencingToken().isPresent() ? null : serverDate;
    lastFailure = null;
    if (item.released()) {
      core.observations.forget(key());
      if (rejectedBlindWrite) {
        waitForChange(Long.MAX_VALUE);
      } else {
        write(null);
      }
      return;
    }
    holder = infos.of(key(), item, stored.attributes());
    Moment now = core.now();
    Observation seen = core.observations.see(key(), item, now.nanos());
    if (isOwnGhost(item) || seen.mayTakeOver(now.nanos()) || isLongDead(seen, now)) {
      write(item.version());
    } else {
      pace.saw(item);
      waitForChange(seen.untilTakeover(now.nanos()));
    }
  }

  /** A hold of this very client that is over: nobody else can be waiting for its end. */
  private boolean isOwnGhost(LockItem item) {
    return item.ownerName().equals(core.config.ownerName())
        && core.retired.contains(item.version());
  }

  private boolean isLongDead(Observation seen, Moment now) {
    Duration maxClockError = core.config.maxClockError();
    return maxClockError != null && seen.isLongDead(now.epochMillis(), maxClockError);
  }

  private void waitForChange(long untilTakeover) {
    if (oneLook || isTimeUp()) {
      notAcquired(Reason.HELD);
    } else {
      after(Math.min(pace.next(), untilTakeover), this::poll);
    }
  }

  /** This client has just freed the lock: no need to wait for the next poll. */
  void lockWasReleased() {
    if (!inFlight && !done) {
      timer.cancel();
      write(null);
    }
  }

  /** Waits, but not beyond the caller's time. */
  private void after(long delayNanos, Runnable next) {
    long left = timeLeft();
    timer =
        left <= delayNanos
            ? core.loop.schedule(left, this::timeUp)
            : core.loop.schedule(delayNanos, next);
  }

  private long timeLeft() {
    return spec.maxWait() == null
        ? Long.MAX_VALUE
        : spec.maxWait().toNanos() - core.now().monotonicSince(began);
  }

  private boolean isTimeUp() {
    return timeLeft() <= 0;
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
    Moment sentAt = unsettled.get(version);
    if (sentAt == null) {
      throw new IllegalStateException("Granted by a version that was not sent: " + version);
    }
    long used = core.now().holderElapsedSince(sentAt);
    if (done) {
      settledAfterEnd();
    } else if (used >= spec.terms().usable().toNanos()) {
      grantedTooLate(version, used);
    } else {
      unsettled.remove(version);
      core.retired.add(unsettled.keySet());
      core.observations.forget(key());
      hold(new DefaultHeldLock.Grant(version, sentAt), item);
    }
  }

  /** The lease was used up on the way: a ghost of our own, that nobody was told of. */
  private void grantedTooLate(String version, long used) {
    if (oneLook || isTimeUp()) {
      fail(
          new LockStoreException(
              LockStoreException.Kind.TIMED_OUT,
              true,
              "Lock '"
                  + key()
                  + "' was granted "
                  + Duration.ofNanos(used).toMillis()
                  + " ms after it was asked for, when the usable part of its lease of "
                  + spec.terms().lease().toMillis()
                  + " ms was over. Use a longer lease, or find out why requests take so long",
              null));
    } else {
      unsettled.remove(version);
      core.retired.add(List.of(version));
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
      freeWhatMayHaveLanded();
      result.complete(Optional.empty());
    } else {
      Duration waited = Duration.ofNanos(core.now().monotonicSince(began));
      fail(new LockNotAcquiredException(key(), reason, waited, holder));
    }
  }

  private void fail(RuntimeException why) {
    finish();
    freeWhatMayHaveLanded();
    result.completeExceptionally(why);
  }

  private void finish() {
    done = true;
    timer.cancel();
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
      LockException why =
          new LockNotAcquiredException(
              key(),
              Reason.CLIENT_CLOSED,
              Duration.ofNanos(core.now().monotonicSince(began)),
              holder);
      giveUp();
      result.completeExceptionally(why);
    }
  }

  /** Ends now, with an answer possibly still to come: {@link #settledAfterEnd} waits for it. */
  private void giveUp() {
    finish();
    if (inFlight) {
      core.registry.releaseBegun(this);
    } else {
      freeWhatMayHaveLanded();
    }
  }

  private void settledAfterEnd() {
    freeWhatMayHaveLanded();
    core.registry.releaseEnded(this);
  }

  /**
   * Retires every version that may stand in the item now or later, and frees the item if it does.
   */
  private void freeWhatMayHaveLanded() {
    if (unsettled.isEmpty()) {
      return;
    }
    List<String> versions = List.copyOf(unsettled.keySet());
    Moment lastSent = unsettled.get(versions.get(versions.size() - 1));
    unsettled.clear();
    core.retired.add(versions);
    core.releases.cleanUp(
        new Releases.Job(
            key(),
            spec.terms(),
            versions,
            spec.deleteOnRelease(),
            lastSent == null ? began : lastSent));
  }
}
