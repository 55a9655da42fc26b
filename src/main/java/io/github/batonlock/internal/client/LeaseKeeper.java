package io.github.batonlock.internal.client;

import io.github.batonlock.LockKey;
import io.github.batonlock.LockStoreException;
import io.github.batonlock.Revocation;
import io.github.batonlock.Revocation.Reason;
import io.github.batonlock.internal.client.Turns.Turn;
import io.github.batonlock.internal.protocol.LeaseTerms;
import io.github.batonlock.internal.protocol.LeaseView;
import io.github.batonlock.internal.protocol.Moment;
import io.github.batonlock.internal.protocol.Standing;
import io.github.batonlock.internal.protocol.Tenure;
import io.github.batonlock.internal.protocol.Verdict;
import io.github.batonlock.internal.store.LockWrite;
import io.github.batonlock.internal.store.WriteAnswer;
import io.github.batonlock.internal.time.EventLoop.Timer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;

/**
 * Keeps one lease: renews it, watches its deadline, ends it. Belongs to the loop.
 *
 * <pre>
 *            granted                    heartbeat applied
 * (acquiring) ------> HELD <---------------------------------.
 *                      | ^ `--- heartbeat due ---> RENEWING --+
 *                      | '--- safe --- JEOPARDY / SUSPECT <-- no answer for long, or a clock
 *       close()        |                  |                   disagrees
 *  RELEASED <----------+                  +--> REVOKED(reason)
 * </pre>
 *
 * <p>No-ops: everything after RELEASED or REVOKED, except freeing the item. Two timers: {@code
 * beat} renews, {@code watch} looks at the deadline; neither waits for the other, nor for an
 * answer.
 */
final class LeaseKeeper {
  private final Core core;
  private final DefaultHeldLock lock;
  private final AcquireSpec spec;
  private final LeaseTerms terms;
  private final Tenure tenure;
  private final Backoff backoff;
  private final HoldRelease end;
  private final DeadlineWatch watch;
  private final DataUpdates updates = new DataUpdates();
  private Timer beat = () -> {};

  /** When the current heartbeat was due, so that late answers do not shift the next. */
  private long beatDue;

  private boolean waitsForTurn;
  private boolean inFlight;
  private boolean throttled;
  private boolean lookNext;
  private boolean over;
  private Moment lastSent;

  LeaseKeeper(Core core, DefaultHeldLock lock, AcquireSpec spec, DefaultHeldLock.Grant grant) {
    this.core = core;
    this.lock = lock;
    this.spec = spec;
    this.terms = spec.terms();
    this.tenure = new Tenure(core.config.ownerName(), grant.version(), grant.sentAt());
    this.backoff = new Backoff(core.platform.random(), terms);
    this.end = new HoldRelease(core, lock);
    this.watch = new DeadlineWatch(core, lock);
    this.lastSent = grant.sentAt();
  }

  void start() {
    core.registry.add(this);
    core.clockWatch.start();
    // Between a quarter and a whole interval: locks taken at once do not renew at once, and locks
    // held for moments do not renew at all. A grant learnt late counts from its send all the same.
    long interval = terms.heartbeat().toNanos();
    long first = (long) (interval * (0.25 + 0.75 * core.registry.nextPhase()));
    long now = core.now().nanos();
    long latest = tenure.confirmedAt().nanos() + interval;
    beatDue = Math.max(now, Math.min(now + first, latest));
    beat = core.loop.schedule(beatDue - now, this::beat);
    watch.start();
  }

  LockKey key() {
    return spec.key();
  }

  DefaultHeldLock lock() {
    return lock;
  }

  boolean isNamedBy(String version) {
    return tenure.candidates().contains(version);
  }

  DeadlineWatch watch() {
    return watch;
  }

  // Renewal

  private void beat() {
    if (!over && !inFlight && !waitsForTurn) {
      waitsForTurn = true;
      core.requests.renewal(terms, tenure.confirmedAt(), throttled, this::beat);
    }
  }

  private void beat(Turn turn) {
    waitsForTurn = false;
    if (over) {
      return;
    }
    long remaining = terms.usable().toNanos() - core.now().monotonicSince(tenure.confirmedAt());
    if (remaining <= 0) {
      lock.revoke(Reason.LEASE_EXPIRED);
    } else if ((tenure.isAmbiguous() && lookNext) || !tenure.canSend()) {
      look(turn, remaining);
    } else {
      send(turn, remaining);
    }
  }

  private void beatNow() {
    beat.cancel();
    beat();
  }

  private void send(Turn turn, long remaining) {
    List<String> candidates = tenure.candidates();
    DataUpdates.Update update = updates.latest();
    Moment sentAt = core.now();
    String version = core.newVersion(sentAt);
    tenure.sending(version, sentAt, update == null ? 0 : update.revision());
    lastSent = sentAt;
    inFlight = true;
    core.requests.write(
        turn,
        new LockWrite.Heartbeat(
            key(),
            core.config.ownerName(),
            candidates,
            version,
            update == null ? null : update.data()),
        RequestTimes.renewal(terms, remaining),
        answer -> {
          throttled = false;
          answered(version, answer);
        },
        failure -> {
          throttled = failure.kind() == LockStoreException.Kind.THROTTLED;
          failed(version, update, failure);
        });
  }

  private void answered(String version, WriteAnswer answer) {
    inFlight = false;
    Verdict verdict =
        answer.applied() ? tenure.applied(version) : tenure.found(answer.item().state());
    act(verdict, this::tryAgain);
  }

  private void failed(
      String version, DataUpdates.@Nullable Update update, LockStoreException failure) {
    inFlight = false;
    lookNext = failure.mayHaveBeenApplied();
    if (!failure.mayHaveBeenApplied()) {
      tenure.notApplied(version);
    }
    if (update != null && failure.kind() == LockStoreException.Kind.INVALID_REQUEST) {
      updates.refused(update.revision(), failure);
      if (!over) {
        beatNow();
      }
      return;
    }
    tryAgain(failure);
  }

  /**
   * A look tells whether a write without an answer has landed, and is answered where writes are
   * not.
   */
  private void look(Turn turn, long remaining) {
    inFlight = true;
    lookNext = false;
    core.requests.read(
        turn,
        key(),
        true,
        RequestTimes.renewal(terms, remaining),
        answer -> {
          inFlight = false;
          // Nothing has landed: send again, unless there is no room for another candidate.
          act(
              tenure.found(answer.item().state()),
              tenure.canSend() ? this::beatNow : this::tryAgain);
        },
        failure -> {
          inFlight = false;
          throttled = failure.kind() == LockStoreException.Kind.THROTTLED;
          tryAgain(failure);
        });
  }

  private void act(Verdict verdict, Runnable unconfirmed) {
    if (over) {
      return;
    }
    if (verdict instanceof Verdict.Renewed renewed) {
      renewed(renewed.dataRevision());
    } else if (verdict instanceof Verdict.Lost lost) {
      lock.revoke(lost.reason());
    } else {
      unconfirmed.run();
    }
  }

  private void renewed(long dataRevision) {
    backoff.reset();
    lock.lastFailure(null);
    Moment confirmedAt = tenure.confirmedAt();
    LeaseView before = lock.view();
    Moment suspectedAt = before.suspectedAt();
    boolean stillSuspect = suspectedAt != null && confirmedAt.monotonicSince(suspectedAt) < 0;
    lock.view(new LeaseView(confirmedAt, before.usableNanos(), stillSuspect ? suspectedAt : null));
    updates.confirmed(dataRevision, lock::data);
    switch (lock.view().standing(core.now())) {
      case OVER -> lock.revoke(Reason.LEASE_EXPIRED);
      case SUSPECT -> beatNow();
      case GOOD -> {
        watch.renewed();
        scheduleNextBeat();
      }
    }
  }

  private void scheduleNextBeat() {
    if (updates.latest() != null) {
      beatNow();
      return;
    }
    long now = core.now().nanos();
    // An update of the data renews before it is due. A renewal found late by a look counts from its
    // send: the next may be due already.
    long renewed = Math.min(beatDue, tenure.confirmedAt().nanos());
    beatDue = Math.max(renewed + terms.heartbeat().toNanos(), now);
    beat.cancel();
    beat = core.loop.schedule(beatDue - now, this::beat);
  }

  private void tryAgain(LockStoreException failure) {
    lock.lastFailure(failure);
    tryAgain();
  }

  private void tryAgain() {
    if (!over) {
      beat.cancel();
      beat = core.loop.schedule(backoff.next(), this::beat);
    }
  }

  void updateData(SdkBytes data, CompletableFuture<Void> done) {
    updates.add(data, done);
    if (over) {
      updates.fail(lock::overException);
    } else {
      beatNow();
    }
  }

  // Clocks

  /** Acts on a lease that is over by the wall clock only: an immediate heartbeat decides. */
  void checkClocks() {
    if (!over && lock.view().standing(core.now()) == Standing.SUSPECT) {
      beatNow();
    }
  }

  /** The clocks were found unreliable: only a renewal sent from now on counts. */
  void suspect(Moment now) {
    LeaseView view = lock.view();
    lock.view(new LeaseView(view.confirmedAt(), view.usableNanos(), now));
    checkClocks();
  }

  // End

  /** The user has released the lock: its versions are retired. Does nothing the second time. */
  void release() {
    if (over) {
      return;
    }
    finish();
    core.retired.add(tenure.candidates());
    end.release(job());
  }

  /** The lock was revoked. */
  void ended() {
    finish();
    boolean mayNameUs =
        lock.revocation().map(Revocation::reason).orElse(null) == Reason.LEASE_EXPIRED;
    if (mayNameUs && !core.registry.isClosing()) {
      // Not before others could have it anyway: the holder needs the time to stop.
      long lease = terms.lease().toNanos();
      end.cleanUpLater(job(), lease - core.now().monotonicSince(tenure.confirmedAt()));
    }
  }

  /** The holder of a revoked lock has stopped. */
  void closedAfterRevocation() {
    end.cleanUpNow();
  }

  /** Frees the item because its client closes, which revoked it unless its end had begun. */
  void releaseAtClose() {
    if (lock.revocation().isEmpty()) {
      release();
      return;
    }
    finish();
    core.releases.cleanUp(job());
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    beat.cancel();
    watch.stop();
    core.registry.remove(this);
    updates.fail(lock::overException);
  }

  private Releases.Job job() {
    return new Releases.Job(key(), terms, tenure.candidates(), spec.deleteOnRelease(), lastSent);
  }
}
