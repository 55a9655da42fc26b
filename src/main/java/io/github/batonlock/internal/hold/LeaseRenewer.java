package io.github.batonlock.internal.hold;

import io.github.batonlock.Liveness;
import io.github.batonlock.LockException;
import io.github.batonlock.LockInfo;
import io.github.batonlock.LockKey;
import io.github.batonlock.LockListener.RenewalEnded;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.protocol.AskedRelease;
import io.github.batonlock.internal.protocol.HoldVersions;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.protocol.MinimumHold;
import io.github.batonlock.internal.protocol.RenewalOutcome;
import io.github.batonlock.internal.request.RequestScheduler.Turn;
import io.github.batonlock.internal.runtime.ClockReading;
import io.github.batonlock.internal.runtime.ConfinedTo;
import io.github.batonlock.internal.runtime.EventLoop;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * The part of one hold that renews it: its writes to the lock item, what is known of them, and its
 * end. {@link OwnLease} and {@link SharedLease} decide whether writes renew the lease, and when
 * they are due.
 *
 * <p>It creates rarely used parts only when it needs them: a client may hold a hundred thousand
 * locks.
 */
@ConfinedTo(ConfinedTo.LOOP)
abstract class LeaseRenewer
    implements DefaultHeldLock.Renewer, ActiveHolds.Hold, HeartbeatScheduler.Lease {
  final EventLoop loop;
  final ActiveHolds holds;
  final Releases releases;
  private final DefaultHeldLock lock;
  private final HoldRequests requests;
  private final HoldVersions versions;
  private final HeartbeatScheduler scheduler;
  private @Nullable HoldRelease end;
  private @Nullable DataUpdates updates;
  private @Nullable AskedRelease asked;
  private int heard;
  private boolean lookNext;
  private boolean over;
  private ClockReading lastSent;

  /** How long the lock stays closed after its grant; null if it is free with its release. */
  private @Nullable MinimumHold minimum;

  LeaseRenewer(
      DefaultHeldLock lock,
      Grant grant,
      EventLoop loop,
      HoldRequests requests,
      ActiveHolds holds,
      Releases releases) {
    this.lock = lock;
    this.loop = loop;
    this.requests = requests;
    this.holds = holds;
    this.releases = releases;
    this.versions = requests.versions(grant, lock.fencingToken());
    this.scheduler = new HeartbeatScheduler(loop, requests, this);
    this.lastSent = grant.sentAt();
    Duration atLeast = lock.spec().atLeast();
    this.minimum = atLeast == null ? null : new MinimumHold(atLeast, loop.now());
  }

  @Override
  public final void start() {
    assert loop.isCurrent();
    holds.add(this);
    begin();
    HoldLimitMonitor limitMonitor = lock.limitMonitor();
    if (limitMonitor != null) {
      limitMonitor.start();
    }
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

  /** The lease ran out or the hold passed a limit, and the item may still name this hold. */
  abstract void mayStillBeNamed();

  /** The hold is over. */
  abstract void stopped();

  @Override
  public final LockKey key() {
    return spec().key();
  }

  @Override
  public final DefaultHeldLock lock() {
    return lock;
  }

  @Override
  public final HoldSpec spec() {
    return lock.spec();
  }

  @Override
  public final LeaseTerms terms() {
    return spec().terms();
  }

  @Override
  public final LeaseView view() {
    return lock.view();
  }

  @Override
  public final String ownerName() {
    return requests.ownerName();
  }

  @Override
  public final LockInfo info() {
    return new LockInfo(
        key(),
        Liveness.ALIVE,
        ownerName(),
        OptionalLong.of(lock.fencingToken()),
        terms().lease(),
        candidates().get(0),
        lock.data(),
        spec().attributes().values(),
        Optional.empty());
  }

  final ClockReading confirmedAt() {
    return versions.confirmedAt();
  }

  final HoldRelease end() {
    if (end == null) {
      end = new HoldRelease(loop, releases, lock, versions);
    }
    return end;
  }

  @Override
  public final List<String> candidates() {
    return versions.candidates();
  }

  /** What is known of this hold's versions. */
  final HoldVersions versions() {
    return versions;
  }

  // Renewal

  final HeartbeatScheduler scheduler() {
    return scheduler;
  }

  /** The time until the deadline, in nanoseconds. */
  private long remaining() {
    return terms().usable().toNanos() - loop.now().monotonicSince(lock.view().confirmedAt());
  }

  @Override
  public final void beat(Turn turn) {
    assert loop.isCurrent();
    if (over || !lock.mayRenew(loop.now())) {
      return;
    }
    long remaining = remaining();
    if (remaining <= 0) {
      lock.revoke(Reason.LEASE_EXPIRED);
    } else if ((versions.isAmbiguous() && lookNext) || !versions.canSend()) {
      look(turn, remaining);
    } else {
      send(turn, remaining);
    }
  }

  private void send(Turn turn, long remaining) {
    List<String> condition = versions.condition();
    DataUpdates.Update update = updates == null ? null : updates.latest();
    ClockReading sentAt = loop.now();
    String version = requests.newVersion(sentAt);
    versions.sending(version, sentAt, update == null ? 0 : update.revision());
    lastSent = sentAt;
    SharedLeaseSource keptBy = session();
    int toldByNow = Math.min(heard, requests.mostAcknowledged());
    // Acknowledges these requests only once: this client may never know whether the write was
    // applied, and other requests may arrive meanwhile.
    heard = 0;
    scheduler.sent();
    requests.heartbeat(
        turn,
        new LockWrite.Heartbeat(
            key(),
            ownerName(),
            condition,
            version,
            update == null ? null : update.write(lock.fencingToken()),
            keptBy == null ? null : keptBy.key(),
            toldByNow,
            requests.stamp(version, sentAt)),
        scheduler.timeouts(remaining),
        answer -> answered(version, sentAt, answer),
        failure -> failed(version, sentAt, update, failure));
  }

  private void answered(String version, ClockReading sentAt, WriteAnswer answer) {
    scheduler.answered();
    heard = answer.waiting();
    if (spec().isSession()) {
      lock.askedOfItsLocks(answer.asked());
    } else if (keepsItself()) {
      asked(answer.asked().isEmpty() ? null : answer.asked().get(0));
    }
    act(
        answer.applied()
            ? versions.applied(version)
            : versions.found(answer.item().state(), sentAt),
        sentAt,
        this::tryAgain);
  }

  private void failed(
      String version,
      ClockReading sentAt,
      DataUpdates.@Nullable Update update,
      LockStoreException failure) {
    scheduler.answered();
    renewalEnded(sentAt, false);
    lookNext = failure.mayHaveBeenApplied();
    if (!failure.mayHaveBeenApplied()) {
      versions.notApplied(version);
    }
    if (update != null && failure.kind() == LockStoreException.Kind.INVALID_REQUEST) {
      updates().refused(update.revision(), failure);
      scheduler.now();
      return;
    }
    tryAgain(failure);
  }

  /**
   * A look at the item. It shows whether a write without an answer was applied, and may be answered
   * when writes are not.
   */
  private void look(Turn turn, long remaining) {
    scheduler.sent();
    lookNext = false;
    ClockReading sentAt = loop.now();
    requests.look(
        turn,
        key(),
        scheduler.timeouts(remaining),
        answer -> {
          scheduler.answered();
          // If no write was applied, sends again.
          act(versions.found(answer.item().state(), sentAt), sentAt, scheduler::now);
        },
        failure -> {
          scheduler.answered();
          renewalEnded(sentAt, false);
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
    assert loop.isCurrent();
    asked = now;
    lock.asked(now);
  }

  private void act(RenewalOutcome outcome, ClockReading sentAt, Runnable unconfirmed) {
    renewalEnded(sentAt, outcome instanceof RenewalOutcome.Renewed);
    if (over) {
      return;
    }
    if (outcome instanceof RenewalOutcome.Renewed renewed) {
      renewed(renewed.dataRevision());
    } else if (outcome instanceof RenewalOutcome.Lost lost) {
      lock.revoke(lost.reason());
    } else {
      unconfirmed.run();
    }
  }

  /**
   * Tells the client's listener of a request that was to renew this lease. Nothing is told of a
   * lock that its holder has released meanwhile.
   */
  private void renewalEnded(ClockReading sentAt, boolean confirmed) {
    boolean isReleased = over && lock.revocation().isEmpty();
    if (!requests.tellsRenewals() || !keepsItself() || isReleased) {
      return;
    }
    requests.renewalEnded(
        new RenewalEnded(
            key(),
            spec().isSession(),
            confirmed && !over,
            Duration.ofNanos(loop.now().monotonicSince(sentAt)),
            Duration.ofNanos(Math.max(0, remaining()))));
  }

  private void renewed(long dataRevision) {
    scheduler.succeeded();
    lock.lastFailure(null);
    confirmed(versions.confirmedAt());
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
      scheduler.again(failure, remaining());
    }
  }

  @Override
  public final void updateData(SdkBytes data, CompletableFuture<Void> done) {
    assert loop.isCurrent();
    updates().add(data, done);
    if (over) {
      updates().fail(lock::overException);
    } else {
      scheduler.now();
    }
  }

  private DataUpdates updates() {
    if (updates == null) {
      updates = new DataUpdates();
    }
    return updates;
  }

  // End

  @Override
  public final boolean isOver() {
    return over;
  }

  @Override
  public final void release() {
    assert loop.isCurrent();
    if (over) {
      return;
    }
    finish();
    end().release(job(), asked);
  }

  @Override
  public final void ended() {
    assert loop.isCurrent();
    finish();
    Reason why = lock.revocation().map(Revocation::reason).orElse(null);
    if (why == Reason.LEASE_EXPIRED) {
      // As for a process that was killed, so that another one can do the work.
      minimum = null;
    }
    if (why == Reason.CLIENT_CLOSED) {
      // Work may go on under the lock until its release. A late write that this client still looks
      // for must not be found in it.
      releases.claim(candidates());
    }
    if (HoldLimitMonitor.leavesTheItem(why) && !releases.isClosing()) {
      mayStillBeNamed();
    }
  }

  @Override
  public final void closedAfterRevocation() {
    assert loop.isCurrent();
    if (end != null) {
      end.cleanUpNow();
    }
  }

  @Override
  public final ClockReading lastSent() {
    return lastSent;
  }

  @Override
  public final void postponeCleanUp() {
    assert loop.isCurrent();
    if (end != null) {
      end.postponeCleanUp();
    }
  }

  @Override
  public final void unwanted() {
    assert loop.isCurrent();
    minimum = null;
  }

  @Override
  public final void keepClosed(Duration atLeast) {
    assert loop.isCurrent();
    minimum = atLeast.isZero() ? null : new MinimumHold(atLeast, loop.now());
  }

  @Override
  public final void deleteAtRelease() {
    assert loop.isCurrent();
    end().deleteItem();
  }

  @Override
  public void releaseAtClose() {
    releaseAtClose(() -> {});
  }

  /**
   * As {@link #releaseAtClose()}.
   *
   * @param whenOver as in {@link Releases#cleanUp}; runs only if closing the client has revoked the
   *     lock
   */
  final void releaseAtClose(Runnable whenOver) {
    assert loop.isCurrent();
    if (lock.revocation().isEmpty()) {
      release();
      return;
    }
    finish();
    end().releaseAtClose(job(), whenOver);
  }

  @Override
  public final void leftAtClose(LockException problem) {
    assert loop.isCurrent();
    end().leftAtClose(problem);
  }

  final void finish() {
    if (over) {
      return;
    }
    over = true;
    scheduler.stop();
    holds.remove(this);
    stopped();
    HoldLimitMonitor limitMonitor = lock.limitMonitor();
    if (limitMonitor != null) {
      limitMonitor.stop();
    }
    if (updates != null) {
      updates.fail(lock::overException);
    }
  }

  final Releases.Job job() {
    return new Releases.Job(
        key(), terms(), candidates(), spec().deleteOnRelease(), lastSent, session(), minimum);
  }

  /** Whether no client may have the lock yet, although this hold of it is over. */
  final boolean staysClosed() {
    return minimum != null && job().staysClosed(loop.now());
  }
}
