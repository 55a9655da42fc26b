package io.github.batonlock.internal.hold;

import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.config.Bound;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.RenewalOutcome;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The keeper of one hold: its writes to the lock item, what is known of them, and its end. {@link
 * OwnLease} and {@link SharedLease} decide whether writes renew the lease, and when they are due.
 *
 * <p>It creates rarely used parts only when it needs them: a client may hold a hundred thousand
 * locks.
 */
@ConfinedTo(ConfinedTo.LOOP)
public abstract class LeaseRenewer {
  final HoldContext core;
  private final DefaultHeldLock lock;
  private final HoldSpec spec;
  private final HoldVersions tenure;
  private final HeartbeatScheduler nextBeat;
  private @Nullable HoldRelease end;
  private @Nullable DataUpdates updates;
  private @Nullable AskedRelease asked;
  private int heard;
  private boolean lookNext;
  private boolean over;
  private ClockReading lastSent;

  LeaseRenewer(HoldContext core, DefaultHeldLock lock, HoldSpec spec, Grant grant) {
    this.core = core;
    this.lock = lock;
    this.spec = spec;
    this.tenure = core.tenure(grant, lock.fencingToken());
    this.nextBeat = new HeartbeatScheduler(this, this::beat);
    this.lastSent = grant.sentAt();
  }

  final void start() {
    core.holds.add(this);
    core.successors.holdBegan(key());
    core.clockMonitor.start();
    begin();
    HoldLimitMonitor.start(lock.gates());
  }

  // What differs between the kinds of lease

  /** The hold begins. */
  abstract void begin();

  /** The session that each new version in the lock item names; null if there is none. */
  abstract @Nullable SharedLeaseSource session();

  /** A write that was sent at this moment has been confirmed. */
  abstract void confirmed(ClockReading sentAt);

  /** Schedules what is due next, after all users of the confirmation were told. */
  abstract void afterConfirmation();

  /** Checks a lease that is over by the wall clock only. An immediate heartbeat decides. */
  abstract void checkClocks();

  /** The clocks were found unreliable. Only a renewal that is sent from now on counts. */
  abstract void suspect(ClockReading now);

  /** The lease ran out or a gate closed, and the item may still name this hold. */
  abstract void mayStillBeNamed();

  /** The hold is over. */
  abstract void stopped();

  public final LockKey key() {
    return spec.key();
  }

  public final DefaultHeldLock lock() {
    return lock;
  }

  public final HoldSpec spec() {
    return spec;
  }

  /** The information that this client has about the lock. */
  final LockInfo info() {
    return new LockInfo(
        key(),
        LockInfo.State.HELD,
        core.config.ownerName(),
        OptionalLong.of(lock.fencingToken()),
        spec.terms().lease(),
        tenure.candidates().get(0),
        lock.data(),
        spec.attributes().values(),
        Optional.empty());
  }

  final ClockReading confirmedAt() {
    return tenure.confirmedAt();
  }

  public final HoldRelease end() {
    if (end == null) {
      end = new HoldRelease(core, lock, tenure);
    }
    return end;
  }

  /** What is known of this hold's versions. */
  final HoldVersions tenure() {
    return tenure;
  }

  // Renewal

  final HeartbeatScheduler nextBeat() {
    return nextBeat;
  }

  /** The time until the deadline, in nanoseconds. */
  private long remaining() {
    return spec.terms().usable().toNanos()
        - core.loop.now().monotonicSince(lock.view().confirmedAt());
  }

  private void beat(Turn turn) {
    if (over || !HoldChecks.mayRenew(lock, core.loop.now())) {
      return;
    }
    long remaining = remaining();
    if (remaining <= 0) {
      lock.revoke(Reason.LEASE_EXPIRED);
    } else if ((tenure.isAmbiguous() && lookNext) || !tenure.canSend()) {
      look(turn, remaining);
    } else {
      send(turn, remaining);
    }
  }

  private void send(Turn turn, long remaining) {
    List<String> condition = tenure.condition();
    DataUpdates.Update update = updates == null ? null : updates.latest();
    ClockReading sentAt = core.loop.now();
    String version = core.versions.next(sentAt);
    tenure.sending(version, sentAt, update == null ? 0 : update.revision());
    lastSent = sentAt;
    SharedLeaseSource keptBy = session();
    int toldByNow = heard;
    // Acknowledges these requests only once: this client may never know whether the write was
    // applied, and other requests may arrive meanwhile.
    heard = 0;
    nextBeat.sent();
    core.requests.write(
        turn,
        new LockWrite.Heartbeat(
            key(),
            core.config.ownerName(),
            condition,
            version,
            update == null ? null : update.write(lock.fencingToken()),
            keptBy == null ? null : keptBy.key(),
            toldByNow),
        nextBeat.timeouts(remaining),
        answer -> answered(version, sentAt, answer),
        failure -> failed(version, update, failure));
  }

  private void answered(String version, ClockReading sentAt, WriteAnswer answer) {
    nextBeat.answered();
    heard = Math.min(answer.waiting(), core.config.bounds().of(Bound.SESSION_RELEASE_REQUESTS));
    if (spec.isSession()) {
      core.sessionEvents.asked(key(), answer.asked());
    } else if (keepsItself()) {
      asked(answer.asked().isEmpty() ? null : answer.asked().get(0));
    }
    act(
        answer.applied() ? tenure.applied(version) : tenure.found(answer.item().state(), sentAt),
        this::tryAgain);
  }

  private void failed(
      String version, DataUpdates.@Nullable Update update, LockStoreException failure) {
    nextBeat.answered();
    lookNext = failure.mayHaveBeenApplied();
    if (!failure.mayHaveBeenApplied()) {
      tenure.notApplied(version);
    }
    if (update != null && failure.kind() == LockStoreException.Kind.INVALID_REQUEST) {
      updates().refused(update.revision(), failure);
      nextBeat.now();
      return;
    }
    tryAgain(failure);
  }

  /**
   * A look at the item. It shows whether a write without an answer was applied, and may be answered
   * when writes are not.
   */
  private void look(Turn turn, long remaining) {
    nextBeat.sent();
    lookNext = false;
    ClockReading sentAt = core.loop.now();
    core.requests.read(
        turn,
        key(),
        true,
        nextBeat.timeouts(remaining),
        answer -> {
          nextBeat.answered();
          // If no write was applied, sends again.
          act(tenure.found(answer.item().state(), sentAt), nextBeat::now);
        },
        failure -> {
          nextBeat.answered();
          tryAgain(failure);
        });
  }

  private boolean keepsItself() {
    return session() == null;
  }

  /**
   * The release request for this hold, as far as is known. It replaces the request before it; null
   * withdraws that.
   */
  public final void asked(@Nullable AskedRelease now) {
    asked = now;
    lock.asked(now);
  }

  private void act(RenewalOutcome verdict, Runnable unconfirmed) {
    if (over) {
      return;
    }
    if (verdict instanceof RenewalOutcome.Renewed renewed) {
      renewed(renewed.dataRevision());
    } else if (verdict instanceof RenewalOutcome.Lost lost) {
      lock.revoke(lost.reason());
    } else {
      unconfirmed.run();
    }
  }

  private void renewed(long dataRevision) {
    nextBeat.succeeded();
    lock.lastFailure(null);
    confirmed(tenure.confirmedAt());
    if (updates != null) {
      updates.confirmed(dataRevision, lock::data);
    }
    afterConfirmation();
  }

  final boolean hasUpdate() {
    return updates != null && updates.latest() != null;
  }

  private void tryAgain(LockStoreException failure) {
    lock.lastFailure(failure);
    pause(failure);
  }

  private void tryAgain() {
    pause(null);
  }

  private void pause(@Nullable LockStoreException failure) {
    if (!over) {
      nextBeat.again(failure, remaining());
    }
  }

  final void updateData(SdkBytes data, CompletableFuture<Void> done) {
    updates().add(data, done);
    if (over) {
      updates().fail(lock::overException);
    } else {
      nextBeat.now();
    }
  }

  private DataUpdates updates() {
    if (updates == null) {
      updates = new DataUpdates();
    }
    return updates;
  }

  // End

  final boolean isOver() {
    return over;
  }

  /** The user has released the lock: retires its versions. Does nothing the second time. */
  final void release() {
    if (over) {
      return;
    }
    finish();
    core.retired.add(tenure.candidates());
    end().release(job(), asked);
  }

  /** The lock was revoked. */
  final void ended() {
    finish();
    Reason why = lock.revocation().map(Revocation::reason).orElse(null);
    if (HoldLimitMonitor.leavesTheItem(why) && !core.work.isClosing()) {
      mayStillBeNamed();
    }
  }

  /** The holder of a revoked lock has stopped its work. */
  final void closedAfterRevocation() {
    if (end != null) {
      end.cleanUpNow();
    }
  }

  /**
   * Frees the item because its client closes. Closing has revoked the lock, unless the lock's end
   * had begun.
   */
  public void releaseAtClose() {
    if (lock.revocation().isEmpty()) {
      release();
      return;
    }
    finish();
    core.releases.cleanUp(job());
  }

  final void finish() {
    if (over) {
      return;
    }
    over = true;
    nextBeat.stop();
    core.holds.remove(this);
    stopped();
    HoldLimitMonitor.stop(lock.gates());
    if (updates != null) {
      updates.fail(lock::overException);
    }
    core.successors.holdEnded(key());
  }

  final Releases.Job job() {
    return new Releases.Job(
        key(), spec.terms(), tenure.candidates(), spec.deleteOnRelease(), lastSent, session());
  }
}
